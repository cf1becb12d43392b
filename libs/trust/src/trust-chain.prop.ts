import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runsOf } from '../../../test/support/how-much.js';
import { exampleFederation, NOW, type ExampleFederation } from '../test/example-federation.js';
import { TrustError, verifyTrustChain, verifyTrustMark } from './index.js';
import { ids, WARRANT } from '../test/example-federation.js';

let federation: ExampleFederation;
let chain: string[];
beforeAll(async () => {
  federation = await exampleFederation();
  chain = await federation.chain();
});

/** `text` with one bit of one of its bytes flipped. */
function flipped(text: string, place: number, bit: number): string {
  const bytes = Buffer.from(text);
  const at = place % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return bytes.toString('latin1');
}

describe('a flipped bit', () => {
  it('in any statement of a chain refuses the chain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(), fc.nat(7), async (link, place, bit) => {
        const altered = chain.with(link, flipped(chain[link] ?? '', place, bit));
        const outcome: unknown = await verifyTrustChain({
          chain: altered,
          anchors: federation.anchors,
          now: NOW,
        }).catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(TrustError);
      }),
      { numRuns: runsOf(1_500) },
    );
  });

  it('in a trust mark refuses the mark', async () => {
    const [token, subject, anchor] = await Promise.all([
      federation.mark({}),
      federation.jurisdictionChain('or'),
      federation.anchorConfiguration(),
    ]);
    const verify = (text: string) =>
      verifyTrustMark({ shown: { type: WARRANT, token: text }, subject, issuer: subject, anchor, now: NOW });
    expect(await verify(token)).toMatchObject({ subject: ids.or });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), async (place, bit) => {
        const outcome: unknown = await verify(flipped(token, place, bit)).catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(TrustError);
      }),
      { numRuns: runsOf(700) },
    );
  });
});
