import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import {
  requireNextEvent,
  signEvent,
  TrustError,
  verifyEvent,
  verifyEventFeed,
  type EventContent,
  type VerifiedChain,
} from './index.js';

let federation: ExampleFederation;
let or: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  or = await federation.jurisdictionChain('or');
});

const JTI = 'ZXZlbnQtaWRlbnRpZmllcg';

function sign(content: Partial<EventContent> = {}): Promise<string> {
  return signEvent({
    issuer: ids.or,
    jti: JTI,
    sequence: 1,
    previous: undefined,
    kind: 'suspended',
    subject: ids.agency,
    details: { reason: 'under investigation' },
    issuedAt: NOW,
    key: federation.keys.or,
    ...content,
  });
}

const verify = (token: string, now = NOW) => verifyEvent({ token, issuer: ids.or, keys: or.federationKeys, now });

async function feed(length: number): Promise<string[]> {
  const tokens: string[] = [];
  let previous: string | undefined;
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const token = await sign({ sequence, previous });
    tokens.push(token);
    previous = (await verify(token)).digest;
  }
  return tokens;
}

const verifyFeed = (tokens: readonly string[], last?: Awaited<ReturnType<typeof verify>>) =>
  verifyEventFeed({ tokens, last, issuer: ids.or, keys: or.federationKeys, now: NOW });

describe('an event', () => {
  it('says what happened to whom, at which place of the feed', async () => {
    expect(await verify(await sign())).toMatchObject({
      issuer: ids.or,
      subject: ids.agency,
      kind: 'suspended',
      sequence: 1,
      previous: undefined,
      issuedAt: NOW,
      details: { reason: 'under investigation' },
    });
  });

  it('stays true: it is verified years later, and refused only from the future', async () => {
    const token = await sign();
    await expect(verify(token, NOW + 10 * 365 * 86_400_000)).resolves.toBeDefined();
    await expect(verify(token, NOW - 11_000)).rejects.toMatchObject({ code: 'not_yet_valid' });
  });

  it('is refused from another key or another authority', async () => {
    await expect(verify(await sign({ key: federation.keys.ga }))).rejects.toMatchObject({
      code: 'signature_invalid',
      entityId: ids.agency,
    });
    await expect(verify(await sign({ issuer: ids.ga }))).rejects.toMatchObject({ code: 'link_broken' });
  });

  it('is refused with a member missing, unknown or of another shape', async () => {
    const good = JSON.parse(Buffer.from((await sign()).split('.')[1] ?? '', 'base64url').toString()) as JsonObject;
    const bad: JsonObject[] = [
      { ...good, kind: 'forgiven' },
      { ...good, seq: 0 },
      { ...good, seq: 2 },
      { ...good, seq: 1.5 },
      { ...good, previous: 'A'.repeat(43) },
      { ...good, details: [] },
      { ...good, jti: 'short' },
      { ...good, sub: 7 },
      { ...good, until: 1 },
      ...['kind', 'seq', 'sub', 'iat', 'jti', 'details'].map((name) =>
        Object.fromEntries(Object.entries(good).filter(([member]) => member !== name)),
      ),
    ];
    for (const claims of bad) {
      const token = await signClaims('event', claims, federation.keys.or);
      await expect(verify(token)).rejects.toMatchObject({ name: 'TrustError', code: 'event_malformed' });
    }
  });

  it('is refused when another kind of token is shown in its place', async () => {
    await expect(verify(await federation.mark({}))).rejects.toMatchObject({ code: 'event_malformed' });
  });
});

describe('a feed of events', () => {
  it('is believed event by event, each naming the one before it', async () => {
    const tokens = await feed(3);
    const [first, ...rest] = await verifyFeed(tokens);
    expect(rest.map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(await verifyFeed(tokens.slice(1), first)).toHaveLength(2);
  });

  it('with a gap, a repetition or a step back is refused', async () => {
    const [one = '', two = '', three = ''] = await feed(3);
    const last = await verify(two);
    for (const tokens of [[two], [one, three], [one, one], [two, one]]) {
      await expect(verifyFeed(tokens)).rejects.toMatchObject({ code: 'event_out_of_order' });
    }
    await expect(verifyFeed([one], last)).rejects.toMatchObject({ code: 'event_out_of_order' });
    await expect(verifyFeed([three], last)).resolves.toHaveLength(1);
  });

  it('that was written anew under the numbers already told is refused', async () => {
    const [one = ''] = await feed(1);
    const first = await verify(one);
    const other = await verify(await sign({ details: { reason: 'nothing happened' } }));
    const fork = await verify(await sign({ sequence: 2, previous: other.digest }));
    expect(() => requireNextEvent(first, fork)).toThrow(
      expect.objectContaining({ code: 'event_out_of_order' }) as TrustError,
    );
    const earlier = await verify(await sign({ sequence: 2, previous: first.digest, issuedAt: NOW - 1_000 }));
    expect(() => requireNextEvent(first, earlier)).toThrow(TrustError);
  });
});
