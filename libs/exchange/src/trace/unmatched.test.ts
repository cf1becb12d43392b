import { describe, expect, it } from 'vitest';
import { digestOf, type JsonObject } from '#protocol';
import { reconcileTrace, type SilentLedger } from './reconcile-trace.js';
import type { ProvenHop } from './trace-hop.js';
import { unmatchedIn } from './unmatched.js';

const asker = 'https://asker.example';
const broker = 'https://broker.example';
const TRACE = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
const ownerOf = (nth: number) => `https://owner-${nth}.example`;

/** A request that went to `count` owners, as every ledger tells it. */
function fanOut(count: number): Map<string, ProvenHop[]> {
  const ledgers = new Map<string, ProvenHop[]>();
  const hop = (keeper: string, kind: string, opened: JsonObject): ProvenHop => {
    const ledger = ledgers.get(keeper) ?? [];
    ledgers.set(keeper, ledger);
    const index = ledger.length;
    const of = { txn: 'txn', trace: TRACE, requester: asker, ...opened };
    const receipt = {
      kind,
      index,
      seq: index,
      prev: index === 0 ? null : `${keeper} ${index - 1}`,
      iat: 1_000,
      erased: [],
    };
    const made = {
      keeper,
      byBroker: keeper === broker,
      receipt: { ...receipt, digest: `${keeper} ${index}`, opened: of },
    };
    ledger.push(made);
    return made;
  };
  hop(asker, 'asked', { ask: 'ask', officer: 'one', fan_out: count });
  hop(asker, 'approved', { ask: 'ask', supervisor: 'other' });
  for (let nth = 0; nth < count; nth += 1) {
    const owner = ownerOf(nth);
    const of = { request: `request ${nth}`, owner };
    const granted = hop(broker, 'granted', of);
    const ciphertext = `ciphertext ${nth}`;
    const release = hop(owner, 'release', { ...of, granted: granted.receipt.digest, ciphertext });
    hop(broker, 'release_logged', { ...of, release: release.receipt.digest, ciphertext });
    hop(owner, 'sent', { ...of, release: release.receipt.digest });
    const evidence = digestOf({ answer: ciphertext, release: release.receipt.digest });
    hop(asker, 'delivered', { ...of, state: 'replied', evidence });
  }
  return ledgers;
}

function unmatched(hops: readonly ProvenHop[], silent: readonly SilentLedger[] = [], side: 'asked' | 'held' = 'asked') {
  const found = unmatchedIn(reconcileTrace({ txn: 'txn', hops, silent }), side);
  return found.map(({ code, state, party, request }) =>
    `${state} ${code} ${party ?? 'nobody'} ${request ?? ''}`.trim(),
  );
}

const all = (ledgers: ReadonlyMap<string, readonly ProvenHop[]>) => [...ledgers.values()].flat();

describe('what does not match once its time is over', () => {
  it('is nothing where every ledger tells the same', () => {
    expect(unmatched(all(fanOut(3)))).toEqual([]);
  });

  it('is a release without `sent`, owed by its owner, and one that did not arrive, owed by the requester', () => {
    const ledgers = fanOut(2);
    const quiet = all(ledgers).filter((hop) => !(hop.keeper === ownerOf(1) && hop.receipt.kind === 'sent'));
    expect(unmatched(quiet)).toEqual([`missing sent ${ownerOf(1)} request 1`]);
    const lost = all(ledgers).filter(
      (hop) => hop.receipt.kind !== 'delivered' || hop.receipt.opened['owner'] !== ownerOf(0),
    );
    expect(unmatched(lost)).toEqual([`late delivered ${asker} request 0`]);
  });

  it('is, to whoever holds, nothing of the ask that it never sees', () => {
    const ledgers = fanOut(1);
    const seen = all(ledgers).filter(({ receipt }) => receipt.kind !== 'asked' && receipt.kind !== 'approved');
    expect(unmatched(seen, [], 'held')).toEqual([]);
    expect(
      unmatched(
        seen.filter(({ receipt }) => receipt.kind !== 'sent'),
        [],
        'held',
      ),
    ).toEqual([`missing sent ${ownerOf(0)} request 0`]);
  });

  it('F09: among a thousand owners names the one that is gone, the one that lies, the one that is late and the extra hop', () => {
    const ledgers = fanOut(1_000);
    const gone = ownerOf(10);
    const lies = ownerOf(20);
    const hops = all(ledgers).flatMap((hop): ProvenHop[] => {
      if (hop.keeper === gone) return [];
      if (hop.keeper === lies && hop.receipt.kind === 'release') {
        return [{ ...hop, receipt: { ...hop.receipt, opened: { ...hop.receipt.opened, ciphertext: 'other' } } }];
      }
      if (hop.keeper === ownerOf(30) && hop.receipt.kind === 'sent') return [];
      if (hop.keeper === ownerOf(40) && hop.receipt.kind === 'sent') {
        const again = { ...hop.receipt, index: 9, seq: 9, digest: 'again' };
        return [hop, { ...hop, receipt: again }];
      }
      return [hop];
    });
    const started = performance.now();
    const found = unmatched(hops, [{ entityId: gone, reason: 'could not be reached' }]);
    expect(found).toEqual([
      'missing grant_ended https://owner-10.example request 10',
      `missing release_logged ${gone} request 10`,
      'broken release_logged https://broker.example request 20',
      `broken delivered ${asker} request 20`,
      'missing sent https://owner-30.example request 30',
      'broken once https://owner-40.example request 40',
      `missing ledger_answers ${gone}`,
    ]);
    // Every pair of five thousand hops took many times that.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
