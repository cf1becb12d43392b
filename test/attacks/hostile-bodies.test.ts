import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage, SubmitRequestBody, type JsonObject } from '#protocol';
import { reached, startExampleApp, type ExampleApp } from '../../libs/protocol/test/example-app.js';
import { hostileTokens } from '../../libs/protocol/test/hostile-tokens.js';
import { refusalOf } from '../../libs/protocol/test/refusal.js';

const CANARY = 'ZZZ999X';

let example: ExampleApp;

beforeAll(async () => {
  example = await startExampleApp();
});

afterAll(async () => {
  await example.app.close();
});

/** The answer to a body that must not reach a handler: a problem, with nothing of ours or theirs in it. */
async function refusedWith(
  url: string,
  payload: string | Buffer,
  headers: Record<string, string>,
): Promise<[number, string]> {
  reached.length = 0;
  const response = await example.app.inject({ method: 'POST', url, payload, headers });
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).not.toMatch(/ZZZ999X|node_modules|\n\s+at |Error:/);
  expect(reached).toEqual([]);
  expect('polluted' in {}).toBe(false);
  return [response.statusCode, (JSON.parse(response.body) as { code: string }).code];
}

const json = { 'content-type': 'application/json' };

describe('a hostile body is refused before any handler sees it', () => {
  it.each<[string, string, string | Buffer, number, string]>([
    ['J07', 'a member twice', `{"text":"ABC123","text":"${CANARY}"}`, 400, 'malformed_json'],
    ['J07', 'a member twice, once escaped', String.raw`{"text":"ABC123","\u0074ext":"ZZZ999X"}`, 400, 'malformed_json'],
    ['J07', 'an unknown nested member twice', '{"text":"ABC123","a":{"b":1,"b":2}}', 400, 'malformed_json'],
    [
      'J21',
      'a byte order mark',
      Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from('{"text":"A"}')]),
      400,
      'malformed_json',
    ],
    [
      'J21',
      'bad UTF-8',
      Buffer.concat([Buffer.from('{"text":"'), Buffer.from('ff', 'hex'), Buffer.from('"}')]),
      400,
      'malformed_json',
    ],
    ['J21', 'a lone surrogate', String.raw`{"text":"\ud800"}`, 400, 'malformed_json'],
    ['J21', 'NUL', String.raw`{"text":"ZZZ999X\u0000"}`, 400, 'malformed_json'],
    ['J21', 'UTF-16', Buffer.from('{"text":"ABC123"}', 'utf16le'), 400, 'malformed_json'],
    ['W03', '33 levels', `{"text":${'['.repeat(32)}${']'.repeat(32)}}`, 400, 'malformed_json'],
    ['W03', '5 000 levels', `{"text":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'malformed_json'],
    ['W03', '60 000 levels that never close', '['.repeat(60_000), 400, 'malformed_json'],
    ['W03', '500 000 levels', '['.repeat(500_000), 413, 'too_large'],
    ['W02', '2 MB', `{"text":"${'A'.repeat(2_000_000)}"}`, 413, 'too_large'],
    ['W04', '__proto__', '{"text":"ABC123","__proto__":{"polluted":true}}', 400, 'malformed_json'],
    ['W04', '__proto__ alone', '{"__proto__":{"text":"ABC123","polluted":true}}', 400, 'malformed_json'],
    [
      'W04',
      '__proto__ escaped',
      String.raw`{"text":"ABC123","\u005f_proto__":{"polluted":true}}`,
      400,
      'malformed_json',
    ],
    ['W04', 'constructor', '{"text":"ABC123","constructor":{"prototype":{"polluted":true}}}', 400, 'malformed_json'],
    ['W04', 'constructor that is no object', '{"text":"ABC123","constructor":1}', 400, 'malformed_json'],
    ['W04', 'hasOwnProperty', '{"text":"ABC123","hasOwnProperty":1}', 400, 'malformed_json'],
    ['W04', 'toString', '{"text":"ABC123","toString":1}', 400, 'malformed_json'],
    ['W04', 'then', '{"text":"ABC123","then":1}', 400, 'malformed_body'],
    ['W08', 'an id that the server sets', '{"text":"ABC123","id":1}', 400, 'malformed_body'],
    ['W08', 'a role', '{"text":"ABC123","role":"admin","agencyId":7}', 400, 'malformed_body'],
    ['W08', 'an unknown member named like a plate', `{"text":"ABC123","${CANARY}":1}`, 400, 'malformed_body'],
    ['P01', 'an empty list', '[]', 400, 'malformed_body'],
    ['P01', 'a list of one', '[{"text":"ABC123"}]', 400, 'malformed_body'],
    ['P01', 'an empty object', '{}', 400, 'malformed_body'],
    ['P01', 'null', 'null', 400, 'malformed_body'],
    ['P01', 'a text', `"${CANARY}"`, 400, 'malformed_body'],
    ['P01', 'a number', '7', 400, 'malformed_body'],
    ['P01', 'a list for the text', '{"text":["ABC123"]}', 400, 'malformed_body'],
    ['P01', 'an object for the text', '{"text":{"length":6}}', 400, 'malformed_body'],
    ['P01', 'null for what may be absent', '{"text":"ABC123","state":null}', 400, 'malformed_body'],
    ['P12', 'a wildcard', '{"text":"ABC%"}', 400, 'malformed_body'],
    ['W15', 'a line break and an escape sequence', String.raw`{"text":"ZZZ999X\r\n\u001b[31m"}`, 400, 'malformed_body'],
    [
      'W10',
      'a forged operator',
      '{"text":{"@instanceof":"Symbol(FindOperator)","_type":"like","_value":"%"}}',
      400,
      'malformed_body',
    ],
    ['', 'nothing', '', 400, 'malformed_json'],
    ['', 'two documents', '{"text":"ABC123"}{"text":"XYZ789"}', 400, 'malformed_json'],
    ['', 'a number beyond reading', '{"text":1e999}', 400, 'malformed_json'],
    ['', 'a form', 'text=ABC123', 400, 'malformed_json'],
  ])('%s: %s', async (_id, _title, payload, status, code) => {
    expect(await refusedWith('/plates', payload, json)).toEqual([status, code]);
  });

  it('the body of which they are all made is read, before them and after them', async () => {
    const response = await example.app.inject({
      method: 'POST',
      url: '/plates',
      payload: '{"text":"ABC123"}',
      headers: json,
    });
    expect(response.json()).toEqual({ plate: 'ABC123', read: true });
  });
});

describe('only JSON is read, under its one name (W05)', () => {
  it.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/xml',
    'application/problem+json',
    'application/vnd.api+json',
    'application/jsonx',
    'application/json-seq',
    'application/json\tx',
    'application/json text/plain',
    'application/json, text/plain',
    'application',
    '/',
    ';',
    'application/json/',
    'xapplication/json',
    '*/*',
    'application/*',
    '.*',
  ])('%j is 415', async (contentType) => {
    const headers = { 'content-type': contentType };
    expect(await refusedWith('/plates', '{"text":"ABC123"}', headers)).toEqual([415, 'unsupported_media_type']);
  });

  it('a body without a name is 415', async () => {
    const payload = Buffer.from('{"text":"ABC123"}');
    expect(await refusedWith('/plates', payload, { 'content-type': '' })).toEqual([415, 'unsupported_media_type']);
  });

  it.each([
    'application/json\t',
    ' application/json',
    'Application/JSON',
    'application/json;',
    'application/json ; charset=utf-16',
    'application/json;charset=latin1',
  ])('however %j is taken, what reaches a handler went through the strict reader', async (contentType) => {
    const headers = { 'content-type': contentType };
    for (const hostile of ['{"text":"ABC123","text":"XYZ789"}', '{"text":"abc"}', '[]']) {
      const [status] = await refusedWith('/plates', hostile, headers);
      expect([400, 415]).toContain(status);
    }
  });

  it('a compressed body is not inflated: a bomb of 20 MB costs what it weighs (W02)', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(64 * 1024);
    const [status, code] = await refusedWith('/plates', bomb, { ...json, 'content-encoding': 'gzip' });
    expect([status, code]).toEqual([400, 'malformed_json']);
  });
});

describe('every hostile request token that is sent as a body', () => {
  it('is refused by the grammar of the body, of the token, or not at all before its signature is checked', async () => {
    const statuses = new Map<number, number>();
    for (const { token } of await hostileTokens('http://127.0.0.1:9/keys')) {
      const body: JsonObject = { request: token, log_size: 0 };
      const response = await example.app.inject({
        method: 'POST',
        url: '/requests',
        payload: JSON.stringify(body),
        headers: json,
      });
      const accepted = (await refusalOf(() => parseMessage(SubmitRequestBody, body))).code === 'accepted';
      // The example handler reads the grammar alone: what is left for the signature gets its digest and nothing else.
      expect(accepted ? [201, 401] : [400]).toContain(response.statusCode);
      expect(response.body).not.toMatch(/node_modules|\n\s+at |Error:/);
      if (response.statusCode === 401) {
        expect(response.json()).toEqual({
          type: 'urn:comity:problem:token_invalid',
          title: 'the message could not be authenticated',
          status: 401,
          code: 'token_invalid',
        });
      }
      statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
    }
    expect(statuses.get(401)).toBeGreaterThan(60);
    expect(statuses.get(400)).toBeGreaterThan(10);
    expect(statuses.has(500)).toBe(false);
  });
});

it('nothing of all this was worth a line in the log', () => {
  expect(example.log).toEqual([]);
});
