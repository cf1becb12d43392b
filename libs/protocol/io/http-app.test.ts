import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerTo,
  openFor,
  problemDocument,
  reached,
  sendRaw,
  startExampleApp,
  type ExampleApp,
} from '../test/example-app.js';

let example: ExampleApp;

beforeAll(async () => {
  example = await startExampleApp({ handlerTimeoutMs: 300 });
});

afterAll(async () => {
  await example.app.close();
});

beforeEach(() => {
  example.log.length = 0;
  reached.length = 0;
});

const ask = (options: InjectOptions) => answerTo(example, options);

const post = (url: string, payload: string) =>
  ask({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });

const get = (url: string) => ask({ method: 'GET', url });

/** The bytes of a request that asks for the connection to be closed. */
const closing = (head: string) => `${head}\r\nHost: broker.example\r\nConnection: close\r\n\r\n`;

/** A good body of exactly `size` bytes. */
const sized = (size: number) => `{"text":"ABC123"}${' '.repeat(size - 17)}`;

describe('addresses', () => {
  it.each([
    ['GET', '/ZZZ999X'],
    ['POST', '/ZZZ999X'],
    ['GET', '/plates'],
    ['PUT', '/plates'],
    ['DELETE', '/items/ZZZ999X'],
    ['GET', '//search?plate=ABC123'],
    ['GET', '/SEARCH?plate=ABC123'],
    ['GET', '/search/?plate=ABC123'],
    ['GET', '/search;x?plate=ABC123'],
    ['GET', '/\u212aeys'],
  ] as const)('%s %s is 404 and says nothing more (W06)', async (method, url) => {
    expect(await ask({ method, url })).toMatchObject(
      problemDocument(404, 'not_found', { title: 'there is nothing here, or it is not yours' }),
    );
  });

  it.each(['/items/%zz', '/ZZZ999X%', '/%c0%ae'])(
    'an address that cannot be read is 400 and not repeated: %s',
    async (url) => {
      expect(await get(url)).toMatchObject(problemDocument(400, 'malformed_request'));
    },
  );

  it('an over-long parameter is 414 and not repeated', async () => {
    expect(await get(`/items/${'ZZZ999X'.repeat(40)}`)).toMatchObject(problemDocument(414, 'too_large'));
  });

  it.each([
    '/items/1?part=a&part=b',
    '/items/1?part=a&part=',
    '/items/1?other=a&other=b',
    '/search?plate=ABC123&plate=XYZ789',
    '/search?plate=ABC123&pl%61te=XYZ789',
    '/nowhere?plate=A&plate=B',
  ])('a repeated parameter is 400, whoever reads it: %s (W29)', async (url) => {
    expect(await get(url)).toMatchObject(
      problemDocument(400, 'malformed_request', { detail: 'a parameter or a header field is repeated' }),
    );
  });

  it('a query is read by its class, and an unknown member of it is not repeated', async () => {
    expect(await get('/search?plate=ABC123')).toMatchObject({ status: 200, body: { plate: 'ABC123' } });
    expect(await get('/search?plate=abc%25')).toMatchObject(problemDocument(400, 'malformed_body'));
    expect(await get('/search?plate=ABC123&ZZZ999X=1')).toMatchObject(
      problemDocument(400, 'malformed_body', { detail: 'an unknown member' }),
    );
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto_%5f']) {
      expect(await get(`/search?plate=ABC123&${name}=1`)).toMatchObject(
        problemDocument(400, 'malformed_request', { detail: 'a parameter has a name that every object has' }),
      );
    }
    expect((await get('/search?plate[]=ABC123')).status).toBe(400);
  });
});

describe('on the wire', () => {
  it.each(['Authorization: a', 'Traceparent: a', 'Content-Type: application/json', 'CONTENT-TYPE: application/json'])(
    'a repeated header field is 400: %s (W29)',
    async (field) => {
      const other = field.toLowerCase().replace(/: .*/, ': b');
      const answer = await sendRaw(example.port, [closing(`GET /items/1 HTTP/1.1\r\n${field}\r\n${other}`)]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('malformed_request');
    },
  );

  it('a header field named `__proto__` changes nothing (W04, CVE-2026-21710)', async () => {
    const answer = await sendRaw(example.port, [
      closing('GET /peer HTTP/1.1\r\n__proto__: polluted\r\n__PROTO__: polluted'),
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect('polluted' in {}).toBe(false);
  });

  it('two Host fields are 400 (W12)', async () => {
    const answer = await sendRaw(example.port, [closing('GET /peer HTTP/1.1\r\nHost: evil.example')]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('forwarded fields are not believed (W12)', async () => {
    const answer = await sendRaw(example.port, [
      closing(
        'GET /peer HTTP/1.1\r\nX-Forwarded-For: 10.9.8.7\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https',
      ),
    ]);
    expect(answer).toContain('"ip":"127.0.0.1","host":"broker.example","protocol":"http"');
  });

  it.each([
    ['no HTTP', 'ZZZ999X\r\n\r\n'],
    ['a method that is none', 'ZZZ999X / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two lengths', 'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks (W12)',
      'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a broken chunk',
      'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    ],
    ['a header without a colon', 'GET /peer HTTP/1.1\r\nHost: a\r\nZZZ999X\r\n\r\n'],
  ])('is answered with a problem document and closed: %s', async (_, bytes) => {
    const answer = await sendRaw(example.port, [bytes]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
    expect(answer).toContain('"code":"malformed_request"');
    expect(answer).not.toContain('ZZZ999X');
  });

  it('a header of 1 MB is 431 (W02)', async () => {
    const answer = await sendRaw(example.port, [
      `GET /peer HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1_000_000)}\r\n\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"too_large"');
  });

  it('a body of 2 MB is 413, announced or in chunks, before it is all there (W02)', async () => {
    const head = 'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const announced = await sendRaw(example.port, [`${head}Content-Length: 2000000\r\n\r\n{"text":"`]);
    expect(announced).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
    const chunked = await sendRaw(example.port, [
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 8 }, () => chunk),
    ]);
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    for (const answer of [announced, chunked]) expect(answer).toContain('"code":"too_large"');
    expect(reached).toEqual([]);
  });

  it('a body of 65 536 bytes is read and one more is 413', async () => {
    expect((await post('/plates', sized(65_536))).status).toBe(201);
    expect(await post('/plates', sized(65_537))).toMatchObject(problemDocument(413, 'too_large'));
  });

  it('slow headers, slow bodies and idle connections are closed within 12 s, and good traffic goes on (W01)', async () => {
    const slow = [
      openFor(example.port, 'GET /peer HTTP/1.1\r\nHost: a\r\n', 'X: a\r\n'),
      openFor(
        example.port,
        'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
        ' ',
      ),
      openFor(
        example.port,
        'POST /plates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
        '1\r\n \r\n',
      ),
      openFor(example.port, '', ''),
    ];
    expect((await post('/plates', '{"text":"ABC123"}')).status).toBe(201);
    for (const milliseconds of await Promise.all(slow)) expect(milliseconds).toBeLessThan(12_000);
    expect((await post('/plates', '{"text":"ABC123"}')).status).toBe(201);
  });
});

describe('a handler that takes too long', () => {
  it('is cut with 503 and Retry-After, and its late answer harms nobody', async () => {
    const answer = await get('/slow');
    expect(answer).toMatchObject(problemDocument(503, 'unavailable'));
    expect(answer.retryAfter).toBe('2');
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    expect((await get('/peer')).status).toBe(200);
  });
});

describe('a handler whose body nobody can read (W07)', () => {
  it.each(['/list', '/interface', '/undecorated', '/member', '/part'])(
    'gets nothing, whatever is sent: %s',
    async (url) => {
      for (const body of [
        '{"text":"ABC123"}',
        '[{"text":"ABC123"}]',
        '[]',
        '{}',
        'null',
        '"ABC123"',
        '{"plate":{"text":"ABC123"}}',
      ]) {
        expect(await post(url, body)).toMatchObject(problemDocument(500, 'internal'));
      }
      expect(reached).toEqual([]);
      expect(example.log.join()).toContain('a handler declares no message class for its body');
    },
  );

  it('is not in the way of one that takes none', async () => {
    expect(await ask({ method: 'POST', url: '/nothing' })).toMatchObject({ status: 201, body: { ok: true } });
    expect((await post('/nothing', '{}')).status).toBe(201);
  });
});

it('bodies of another size are read where an app says so', async () => {
  const other = await startExampleApp({ bodyLimit: 200_000 });
  try {
    const payload = `{"text":"ABC123"}${' '.repeat(150_000)}`;
    const headers = { 'content-type': 'application/json' };
    expect((await other.app.inject({ method: 'POST', url: '/plates', payload, headers })).statusCode).toBe(201);
  } finally {
    await other.app.close();
  }
});
