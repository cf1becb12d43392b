// Run as a process of its own by libs/tracing/io/tracing.int.ts. Two services, an asking and a holding one, that put a
// canary plate wherever an instrumentation might pick it up.
import fastify from 'fastify';
import { Pool as DatabasePool } from 'pg';
import { Pool } from 'undici';
import { currentTraceparent, flushTracing, inSpan } from '../../libs/tracing/io/index.js';

const CANARY = 'ZZZ999X';
const FORGED = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01';
const database = new DatabasePool({ connectionString: process.env['TEST_DATABASE_URL'] });

const holding = fastify();
holding.post<{ Body: { trace: string; plate: string } }>('/answers', ({ body }) =>
  inSpan(
    'answer_request',
    { parent: body.trace, attributes: { 'comity.owner': 'http://127.0.0.1:4201', 'comity.kind': body.plate } },
    async (span) => {
      const found = await inSpan('search_reads', {}, () =>
        database.query(`select $1::text as plate, '${CANARY}' as again`, [body.plate]),
      );
      await inSpan('log_release', {}, () => database.query(`select '${CANARY}'::int`)).catch(() => undefined);
      span.set({ 'comity.decision': 'permit' });
      return { rows: found.rowCount };
    },
  ),
);
holding.get('/failing', () => {
  throw new Error(`no read of ${CANARY}`);
});

const asking = fastify();
asking.get<{ Querystring: { plate: string } }>('/ask', ({ query }) =>
  inSpan('ask_federation', { attributes: { 'comity.owner_count': 1 } }, async () => {
    const answer = await peer.request({
      method: 'POST',
      path: `/answers?plate=${query.plate}`,
      headers: { 'content-type': 'application/json', 'x-plate': query.plate },
      body: JSON.stringify({ trace: currentTraceparent(), plate: query.plate }),
    });
    await (await peer.request({ method: 'GET', path: `/failing?plate=${query.plate}` })).body.dump();
    await (await peer.request({ method: 'GET', path: `/unknown/${query.plate}` })).body.dump();
    return answer.body.json();
  }),
);

const peer = new Pool(await holding.listen({ port: 0, host: '127.0.0.1' }));
const client = new Pool(await asking.listen({ port: 0, host: '127.0.0.1' }));
const reply = await client.request({
  method: 'GET',
  path: `/ask?plate=${CANARY}`,
  headers: { traceparent: FORGED, tracestate: `plate=${CANARY}`, baggage: `plate=${CANARY}` },
});
console.log(JSON.stringify(await reply.body.json()));
await Promise.all([client.close(), peer.close(), asking.close(), holding.close(), database.end()]);
await flushTracing();
