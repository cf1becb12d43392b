import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { startCollector, type CollectedSpan, type Collector } from '../../../test/support/otlp-collector.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

async function runServices(environment: Record<string, string>): Promise<string> {
  const { url, dataSource } = await createTestDatabase('empty');
  await dataSource.destroy();
  const options = ['--conditions', 'comity-source', '--experimental-transform-types'];
  const imports = ['--import', path('../../../test/support/run-typescript.mjs'), '--import', path('./register.ts')];
  const program = path('../../../test/support/two-traced-services.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...options, ...imports, program], {
    env: { TEST_DATABASE_URL: url, ...environment },
    timeout: 30_000,
  });
  return stdout.trim();
}

describe('a trace over two services', () => {
  let collector: Collector;
  let spans: CollectedSpan[];
  const named = (name: string): CollectedSpan => {
    const found = spans.filter((span) => span.name === name);
    expect(found.map((span) => span.name)).toEqual([name]);
    return found[0] as CollectedSpan;
  };

  beforeAll(async () => {
    collector = await startCollector();
    const output = await runServices({
      OTEL_SERVICE_NAME: 'two-services',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // What an operator's machine may say about itself must not leave either.
      OTEL_RESOURCE_ATTRIBUTES: 'plate=ZZZ999X',
    });
    expect(output).toBe('{"rows":1}');
    spans = collector.spans();
  });
  afterAll(() => collector.stop());

  it('is one, from the asking step to the search of the other service, by the place named in the message', () => {
    const [ask, answer, search, release] = ['ask_federation', 'answer_request', 'search_reads', 'log_release'].map(
      named,
    );
    expect(answer).toMatchObject({ traceId: ask?.traceId, parentSpanId: ask?.spanId, service: 'two-services' });
    expect(search).toMatchObject({ traceId: ask?.traceId, parentSpanId: answer?.spanId });
    expect(release).toMatchObject({ failed: true, attributes: { 'comity.code': 'unexpected' } });
    const queries = spans.filter((span) => span.name === 'pg.query' && span.traceId === ask?.traceId);
    expect(queries.map((span) => span.parentSpanId)).toEqual([search?.spanId, release?.spanId]);
  });

  it('W13: has the span of the server as the root of another trace, linked, and nothing of a forged traceparent', () => {
    const servers = ['GET /ask', 'POST /answers'].map(named);
    expect(servers.map((span) => span.parentSpanId)).toEqual(['', '']);
    const [, server] = servers;
    const answer = named('answer_request');
    expect(server?.traceId).not.toBe(answer.traceId);
    expect(answer.links.map((link) => link.traceId)).toEqual([server?.traceId]);
    expect(collector.raw()).not.toMatch(/a{32}|b{16}/);
  });

  it('W14: holds the canary plate nowhere: no address, statement, parameter, header, error, name or resource', () => {
    expect(collector.raw()).not.toMatch(/zzz999x/i);
    expect(collector.raw()).not.toMatch(/select|127\.0\.0\.1:(?!4201)|url\.|exception|host\.name|process\./);
    expect(spans.filter((span) => span.events > 0)).toEqual([]);
    expect(named('answer_request').attributes).toEqual({
      'comity.owner': 'http://127.0.0.1:4201',
      'comity.decision': 'permit',
    });
  });

  it('names every span from the closed list or by method and declared route', () => {
    expect([...new Set(spans.map((span) => span.name))].toSorted()).toEqual([
      'GET',
      'GET /ask',
      'GET /failing',
      'POST',
      'POST /answers',
      'answer_request',
      'ask_federation',
      'handler',
      'log_release',
      'pg-pool.connect',
      'pg.connect',
      'pg.query',
      'search_reads',
    ]);
  });
});

describe('tracing without a collector', () => {
  it('is off and the services answer all the same', async () => {
    expect(await runServices({})).toBe('{"rows":1}');
  });

  it('that is away delays no answer and fails nothing', async () => {
    expect(await runServices({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toBe('{"rows":1}');
  });
});
