import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HttpRequest } from '#protocol';
import { LOOPBACK_TOO, undiciNetwork, type ClosableNetwork } from '#protocol/io';
import { processorMilliseconds } from '../test/cost.js';
import { refusalOf } from '../test/refusal.js';

let server: Server;
let origin: string;
let network: ClosableNetwork;
const asked: { method: string | undefined; url: string | undefined; body: string; type: string | undefined }[] = [];

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/good': (response) => response.setHeader('x-two', ['a', 'b']).end('{"ok":true}'),
  '/redirect': (response) => response.writeHead(302, { location: `${origin}/good` }).end('elsewhere'),
  '/large': (response) => response.end('a'.repeat(1001)),
  '/endless': (response) => {
    const writing = setInterval(() => response.write('a'.repeat(64 * 1024)), 1);
    response.on('close', () => clearInterval(writing));
  },
  '/silent': () => undefined,
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('ZZZ999X', () => response.destroy());
  },
  '/latin1': (response) => response.end(Buffer.from([0x22, 0xe9, 0x22])),
  '/failing': (response) => response.writeHead(500).end('ZZZ999X'),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, body: Buffer.concat(chunks).toString(), type: headers['content-type'] });
      ANSWERS[url ?? '']?.(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  network = undiciNetwork({ egress: LOOPBACK_TOO });
});

afterAll(async () => {
  await network.close();
  server.closeAllConnections();
  server.close();
});

const ask = (path: string, more: Partial<HttpRequest> = {}) =>
  network.request({ method: 'GET', url: `${origin}${path}`, timeoutMs: 2000, maxBytes: 1000, ...more });

const unreachable = { code: 'network_failed', detail: undefined, message: 'the other side could not be reached' };

it('asks and gives status, first header values and body', async () => {
  const answer = await ask('/good', {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer).toMatchObject({ status: 200, body: '{"ok":true}', headers: { 'x-two': 'a' } });
  expect(asked.at(-1)).toEqual({ method: 'POST', url: '/good', body: '{"a":1}', type: 'application/json' });
});

it('follows no redirect: nobody sends us to an address of his choice (W11)', async () => {
  asked.length = 0;
  expect(await ask('/redirect')).toMatchObject({ status: 302, body: 'elsewhere' });
  expect(asked).toHaveLength(1);
});

it('refuses an answer larger than was asked for, and does not read it to its end', async () => {
  const tooLarge = { code: 'network_failed', message: 'the answer is larger than 1000 bytes' };
  expect(await refusalOf(() => ask('/large'))).toMatchObject(tooLarge);
  expect((await ask('/large', { maxBytes: 1001 })).body).toHaveLength(1001);
  const work = async () => {
    expect(await refusalOf(() => ask('/endless'))).toMatchObject(tooLarge);
  };
  expect(await processorMilliseconds(work)).toBeLessThan(500);
});

it('waits no longer than it was told', async () => {
  const started = performance.now();
  expect(await refusalOf(() => ask('/silent', { timeoutMs: 200 }))).toEqual(unreachable);
  expect(performance.now() - started).toBeLessThan(1500);
});

it('refuses an answer that was cut and one that is not UTF-8', async () => {
  expect(await refusalOf(() => ask('/cut'))).toEqual(unreachable);
  expect(await refusalOf(() => ask('/latin1'))).toEqual(unreachable);
});

it('leaves an error of the other side to its caller', async () => {
  expect(await ask('/failing')).toMatchObject({ status: 500, body: 'ZZZ999X' });
});

it.each(['http://127.0.0.1:1/ZZZ999X', 'http://ZZZ999X.invalid/', 'ZZZ999X', 'file:///etc/passwd', 'http://'])(
  'says the same of whatever it cannot reach, and repeats no address: %s',
  async (url) => {
    expect(await refusalOf(() => ask('', { url }))).toEqual(unreachable);
  },
);

it('does not answer for a header that would split into two', async () => {
  expect(await refusalOf(() => ask('/good', { headers: { 'x-a': 'b\r\nx-c: d' } }))).toEqual(unreachable);
});
