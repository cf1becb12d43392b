import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolError, type ProtocolErrorCode } from '#protocol';
import {
  RuleError,
  THROWN,
  answerTo,
  failures,
  problemDocument,
  reached,
  startExampleApp,
  type ExampleApp,
} from '../test/example-app.js';

let example: ExampleApp;

beforeAll(async () => {
  example = await startExampleApp();
});

afterAll(async () => {
  await example.app.close();
});

beforeEach(() => {
  example.log.length = 0;
  reached.length = 0;
});

const afterThrow = (thrown: () => unknown) => {
  failures.push(thrown);
  return answerTo(example, { method: 'GET', url: '/fail' });
};

describe('failures as problem documents (RFC 9457)', () => {
  it.each<[ProtocolErrorCode, number, string]>([
    ['malformed_json', 400, 'malformed_json'],
    ['malformed_base64url', 400, 'malformed_base64url'],
    ['too_large', 413, 'too_large'],
    ['cannot_open', 422, 'cannot_open'],
    ['not_found', 404, 'not_found'],
    ['conflict', 409, 'conflict'],
    ['network_failed', 502, 'network_failed'],
  ])('%s is answered with %d and its public words', async (code, status, public_) => {
    expect(await afterThrow(THROWN.protocol(code))).toMatchObject(
      problemDocument(status, public_, { title: 'public words' }),
    );
    expect(example.log).toEqual([]);
  });

  it.each<ProtocolErrorCode>(['token_invalid', 'key_refused'])('%s is answered with 401 and one text', async (code) => {
    expect(await afterThrow(THROWN.protocol(code))).toMatchObject(
      problemDocument(401, 'token_invalid', { title: 'the message could not be authenticated' }),
    );
  });

  it('a body that is not acceptable has one title, and its faults as the detail', async () => {
    expect(await afterThrow(THROWN.protocol('malformed_body'))).toMatchObject(
      problemDocument(400, 'malformed_body', { title: 'the body is not acceptable', detail: 'public words' }),
    );
  });

  it('evidence that cannot be written is 503 with Retry-After', async () => {
    const answer = await afterThrow(THROWN.protocol('unavailable'));
    expect(answer).toMatchObject(problemDocument(503, 'unavailable', { title: 'public words' }));
    expect(answer.retryAfter).toBe('2');
    expect(answer.body).not.toHaveProperty('retryAfterSeconds');
  });

  it('a fault of our own configuration is 500 and logged with its words', async () => {
    expect(await afterThrow(THROWN.protocol('configuration'))).toMatchObject(problemDocument(500, 'internal'));
    expect(example.log.join()).toContain('ProtocolError public words');
    expect(example.log.join()).not.toContain('ZZZ999X');
  });

  it('a problem that the app has decided on is sent as it is', async () => {
    const answer = await afterThrow(THROWN.problem(409));
    expect(answer).toMatchObject(problemDocument(409, 'decided', { txn: 'txn-1', reasons: [{ code: 'r' }] }));
    expect(answer.retryAfter).toBe('7');
  });

  it("the app's own errors go through its own table first", async () => {
    expect(await afterThrow(THROWN.value(new RuleError('ZZZ999X')))).toMatchObject(
      problemDocument(403, 'rule', { title: 'the rule says no' }),
    );
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'conflict'],
    [418, 'refused'],
    [429, 'too_many_requests'],
    [503, 'unavailable'],
  ])("Nest's %d is answered without its text", async (status, code) => {
    const answer = await afterThrow(THROWN.http(status));
    expect(answer).toMatchObject(problemDocument(status, code));
    expect(answer.retryAfter).toBe(status === 429 || status === 503 ? '2' : undefined);
  });
});

describe('an unknown error (W26)', () => {
  const internal = problemDocument(500, 'internal', {
    title: 'something failed here; the operator can find it in the log',
  });

  it.each<[string, unknown]>([
    ['an error', new Error('plate ZZZ999X')],
    [
      'an error of a database',
      Object.assign(new Error('duplicate key'), { detail: '(plate)=(ZZZ999X)', query: 'insert' }),
    ],
    ['an error with a cause', new Error('outer', { cause: new Error('ZZZ999X') })],
    ['an error that claims to be a success', Object.assign(new Error('ZZZ999X'), { statusCode: 200 })],
    ['an error that claims another server error', Object.assign(new Error('ZZZ999X'), { statusCode: 500 })],
    ['a text', 'ZZZ999X'],
    ['an object', { message: 'ZZZ999X', statusCode: 404 }],
    ['nothing', undefined],
    ['null', null],
  ])('is 500 without a word of it: %s', async (_, thrown) => {
    expect(await afterThrow(THROWN.value(thrown))).toMatchObject(internal);
    expect(example.log).toHaveLength(1);
    expect(example.log.join()).not.toContain('ZZZ999X');
  });

  it('is logged on one line, by name and place', async () => {
    await afterThrow(() => {
      throw new TypeError('ZZZ999X');
    });
    expect(example.log).toHaveLength(1);
    expect(example.log[0]).toMatch(/unexpected failure: TypeError \| at .*problem-filter\.test\.ts:\d+/);
    expect(example.log[0]).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    'bad\n    at ZZZ999X (evil.js:1:1)',
    '\r\n   at ZZZ999X\n   at ZZZ999X',
    '\u001b[31m\n at ZZZ999X',
    '\n\u2028    at ZZZ999X\n    at ZZZ999X',
  ])('cannot write lines of its own into the log: %j (W15)', async (message) => {
    await afterThrow(THROWN.value(new Error(message)));
    const renamed = new Error('first');
    renamed.message = message;
    await afterThrow(THROWN.value(renamed));
    const restacked = new Error('short');
    restacked.stack = `Error: ${message}`;
    await afterThrow(THROWN.value(restacked));
    expect(example.log).toHaveLength(3);
    for (const line of example.log) expect(line).not.toMatch(/ZZZ999X|\p{Cc}|\u2028/u);
  });
});

it('the public words of a refusal are all that leaves of it', () => {
  const error = new ProtocolError('token_invalid', 'public', 'private', { cause: new Error('cause') });
  expect(error).toMatchObject({ name: 'ProtocolError', code: 'token_invalid', message: 'public', detail: 'private' });
});
