import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyToken } from '#protocol';
import { BROKER, NOW, REQUESTER } from '../../libs/protocol/test/example-parties.js';
import { forger, type HostileToken } from '../../libs/protocol/test/forger.js';
import { hostileTokens } from '../../libs/protocol/test/hostile-tokens.js';
import { refusalOf, tokenRefusal } from '../../libs/protocol/test/refusal.js';

let connections = 0;
const trap = createServer((_, response) => response.end());
trap.on('connection', () => {
  connections += 1;
});
await new Promise<void>((listening) => trap.listen(0, '127.0.0.1', listening));
const trapAddress = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
const tokens = await hostileTokens(trapAddress);

afterAll(() => {
  trap.close();
});

const verify = ({ token, sender }: Pick<HostileToken, 'token' | 'sender'>) =>
  verifyToken({ kind: 'request', token, keys: sender.keys, issuer: REQUESTER, audience: BROKER, now: NOW });

describe('a hostile request token is refused with one public text, and the private detail names the check', () => {
  it.each(tokens.map((hostile) => [hostile.id, hostile.title, hostile] as const))('%s: %s', async (_, __, hostile) => {
    expect(await refusalOf(() => verify(hostile))).toEqual(tokenRefusal(hostile.detail));
  });
});

it('the table holds at least 120 different tokens, and covers J01 to J07, J10 to J12, J16 to J19 and J21', () => {
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length);
  expect(tokens.length).toBeGreaterThanOrEqual(120);
  const ids = new Set(tokens.map(({ id }) => id));
  for (const id of 'J01 J02 J03 J04 J05 J06 J07 J10 J11 J12 J16 J17 J18 J19 J21'.split(' ')) expect(ids).toContain(id);
});

it('the token of which they are all made is accepted, so that each is refused for its one fault', async () => {
  const { requester, header, claims, signed } = await forger(trapAddress);
  expect((await verify({ token: signed(header, claims), sender: requester })).claims).toEqual(claims);
});

it('J04: none of them opens a connection to the address that it names', async () => {
  const naming = tokens.filter(({ token }) => {
    return Buffer.from(token.split('.')[0] ?? '', 'base64url').includes(trapAddress);
  });
  expect(naming.length).toBeGreaterThanOrEqual(3);
  for (const hostile of naming) await refusalOf(() => verify(hostile));
  expect(connections).toBe(0);
});
