import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { verifyToken, type TokenKind } from '#protocol';
import { runsOf } from '../../../test/support/how-much.js';
import {
  BROKER,
  NOW,
  REQUESTER,
  TOKEN_KINDS,
  audienceOf,
  party,
  tokenOf,
  type Party,
} from '../test/example-parties.js';
import { AUTHENTICITY_TEXT, refusalOf } from '../test/refusal.js';

interface Sent {
  readonly kind: TokenKind;
  readonly sender: Party;
  readonly token: string;
}

const sent: Sent[] = [];

beforeAll(async () => {
  for (const type of ['Ed25519', 'ES256'] as const) {
    const sender = await party(REQUESTER, type);
    for (const kind of TOKEN_KINDS) sent.push({ kind, sender, token: await tokenOf(kind, sender, BROKER) });
  }
});

const verify = ({ kind, sender }: Sent, token: string) =>
  refusalOf(() =>
    verifyToken({ kind, token, keys: sender.keys, issuer: sender.id, audience: audienceOf(kind, BROKER), now: NOW }),
  );

const refused = { code: 'token_invalid', message: AUTHENTICITY_TEXT };

it('refuses any message of which one bit of the text was changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.nat({ max: 7 }), async (which, where, bit) => {
      const one = sent[which % sent.length];
      if (!one) throw new Error('nothing was sent');
      const at = where % one.token.length;
      const changed = String.fromCharCode(one.token.charCodeAt(at) ^ (1 << bit));
      expect(await verify(one, one.token.slice(0, at) + changed + one.token.slice(at + 1))).toMatchObject(refused);
    }),
    { numRuns: runsOf(1500) },
  );
});

it('refuses any message of which one bit of the decoded header, payload or signature was changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat({ max: 2 }), fc.nat(), async (which, part, where) => {
      const one = sent[which % sent.length];
      if (!one) throw new Error('nothing was sent');
      const parts = one.token.split('.');
      const bytes = Buffer.from(parts[part] ?? '', 'base64url');
      const bit = where % (bytes.length * 8);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      parts[part] = bytes.toString('base64url');
      expect(await verify(one, parts.join('.'))).toMatchObject(refused);
    }),
    { numRuns: runsOf(1500) },
  );
});

it('refuses a request of which any one bit was changed, tried one after another', async () => {
  const request = sent.find(({ kind }) => kind === 'request');
  if (!request) throw new Error('no request');
  expect((await verify(request, request.token)).code).toBe('accepted');
  const accepted: string[] = [];
  for (let at = 0; at < request.token.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = String.fromCharCode(request.token.charCodeAt(at) ^ (1 << bit));
      const refusal = await verify(request, request.token.slice(0, at) + changed + request.token.slice(at + 1));
      if (refusal.code !== 'token_invalid') accepted.push(`bit ${bit} of character ${at}: ${refusal.code}`);
    }
  }
  expect(accepted).toEqual([]);
});

it('refuses any message that was cut, lengthened or joined from two', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(), fc.nat({ max: 6 }), async (which, other, where, change) => {
      const [one, two] = [sent[which % sent.length], sent[other % sent.length]];
      if (!one || !two) throw new Error('nothing was sent');
      const [header, payload, signature] = one.token.split('.');
      const foreign = two.token.split('.');
      const at = where % one.token.length;
      const text = [
        one.token.slice(0, at),
        one.token.slice(at + 1),
        one.token.slice(0, at) + (one.token[at] ?? '') + one.token.slice(at),
        `${one.token}.`,
        `${foreign[0]}.${payload}.${signature}`,
        `${header}.${foreign[1]}.${signature}`,
        `${header}.${payload}.${foreign[2]}`,
      ][change];
      fc.pre(text !== undefined && text !== one.token);
      expect(await verify(one, text ?? '')).toMatchObject(refused);
    }),
    { numRuns: runsOf(1500) },
  );
});

it('refuses whatever text comes in, with one public message and nothing of the text in it', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
    fc.tuple(fc.json(), fc.json(), fc.string()).map((parts) => {
      return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), text, async (which, token) => {
      const one = sent[which % sent.length];
      if (!one) throw new Error('nothing was sent');
      expect(await verify(one, token)).toMatchObject(refused);
    }),
    { numRuns: 500 },
  );
});
