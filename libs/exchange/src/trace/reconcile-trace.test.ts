import { describe, expect, it } from 'vitest';
import { digestOf, type JsonObject } from '#protocol';
import { reconcileTrace } from './reconcile-trace.js';
import type { ProvenHop } from './trace-hop.js';

const [asker, broker, owner] = ['https://asker.example', 'https://broker.example', 'https://owner.example'];
const TRACE = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;

/** Receipts as `verifyReceiptProof` gives them, for what no honest ledger could be made to hold. */
function hop(keeper: string, index: number, kind: string, opened: JsonObject = {}): ProvenHop {
  const of = { txn: 'txn', trace: TRACE, request: 'request', requester: asker, owner };
  const receipt = { kind, index, seq: index, prev: `${keeper} ${index - 1}`, iat: 1_000 + index, erased: [] };
  return {
    keeper,
    byBroker: keeper === broker,
    receipt: { ...receipt, digest: `${keeper} ${index}`, opened: { ...of, ...opened } },
  };
}

const asked = hop(asker, 1, 'asked', { ask: 'ask', officer: 'one', fan_out: 1, request: null });
const approved = hop(asker, 2, 'approved', { ask: 'ask', supervisor: 'other', request: null });
const granted = hop(broker, 1, 'granted');
const release = hop(owner, 3, 'release', { granted: granted.receipt.digest, ciphertext: 'ciphertext' });
const logged = hop(broker, 2, 'release_logged', { release: release.receipt.digest, ciphertext: 'ciphertext' });
const sent = hop(owner, 4, 'sent', { release: release.receipt.digest });
const evidence = digestOf({ answer: 'ciphertext', release: release.receipt.digest });
const delivered = hop(asker, 3, 'delivered', { state: 'replied', evidence });
const whole = [asked, approved, granted, release, logged, sent, delivered];

function findings(hops: readonly ProvenHop[]): string[] {
  const { checks } = reconcileTrace({ txn: 'txn', hops, silent: [] });
  return checks
    .filter(({ state }) => state !== 'holds')
    .map(({ code, state, party = 'nobody' }) => `${state} ${code} ${party}`);
}

const without = (gone: ProvenHop, ...instead: ProvenHop[]) => [...whole.filter((each) => each !== gone), ...instead];

describe('receipts held against each other', () => {
  it('leaves nothing open where all is there', () => {
    expect(findings(whole)).toEqual([]);
  });

  it('P21: an approval that follows an emergency is owed at first, holds when it comes, and a disapproval is no approval', () => {
    const claimed = hop(asker, 1, 'asked', { ...asked.receipt.opened, approval: 'afterwards' });
    const rest = [claimed, granted, release, logged, sent, hop(asker, 2, 'delivered', { state: 'replied', evidence })];
    expect(findings(rest)).toEqual([`pending approved ${asker}`]);
    const after = hop(asker, 3, 'approved', approved.receipt.opened);
    const late = { ...after, receipt: { ...after.receipt, iat: 5_000 } };
    expect(findings([...rest, late])).toEqual([]);
    const said = hop(asker, 3, 'disapproved', { ask: 'ask', supervisor: 'other', request: null });
    expect(findings([...rest, said])).toEqual([`broken approved ${asker}`]);
    // Whoever did not say so at once has simply asked without one.
    expect(findings([asked, ...rest.slice(1)])).toEqual([`missing approved ${asker}`]);
  });

  it('does not take what another party states for the owner’s word', () => {
    const forged = hop(asker, 4, 'release', release.receipt.opened);
    expect(findings([asked, approved, granted, forged])).toEqual([
      `broken placed ${asker}`,
      `pending grant_ended ${owner}`,
      `pending delivered ${asker}`,
    ]);
  });

  it('refuses `sent` in front of the release that it cites', () => {
    const early = hop(owner, 2, 'sent', { release: release.receipt.digest });
    expect(findings(without(sent, early))).toEqual([`broken sent ${owner}`]);
  });

  it('refuses `sent` that cites another release', () => {
    const other = hop(owner, 4, 'sent', { release: 'other' });
    expect(findings(without(sent, other))).toEqual([`broken sent ${owner}`]);
  });

  it('accepts that a release was withdrawn after it had been sent', () => {
    expect(findings([...whole, hop(owner, 5, 'refused')])).toEqual([]);
  });

  it('accepts that a release was withdrawn twice, for different reasons', () => {
    const told = hop(asker, 3, 'delivered', { state: 'denied', evidence });
    expect(
      findings([asked, approved, granted, release, hop(owner, 4, 'refused'), hop(owner, 5, 'refused'), told]),
    ).toEqual([]);
  });

  it('B08: names the broker where an answer was sent and another end arrived', () => {
    const failed = hop(broker, 3, 'failed', { state: 'failed' });
    const told = hop(asker, 3, 'delivered', { state: 'failed', evidence });
    expect(findings([asked, approved, granted, release, logged, sent, failed, told])).toEqual([
      `broken delivered ${broker}`,
    ]);
    expect(findings([asked, approved, granted, release, logged, failed, told])).toEqual([`missing sent ${owner}`]);
  });

  it('J20: shows a message that was turned away, and believes the way of the others', () => {
    const away = { request: 'another message', reasons: ['conflict'], trace: TRACE.replaceAll('a1', 'c3') };
    const { checks, requests } = reconcileTrace({
      txn: 'txn',
      hops: [...whole, hop(broker, 3, 'refused', away), hop(owner, 5, 'refused', away)],
      silent: [],
    });
    expect(checks.filter(({ state }) => state !== 'holds')).toEqual([]);
    expect(checks.filter(({ code }) => code === 'turned_away').map(({ party }) => party)).toEqual([broker, owner]);
    expect(requests).toHaveLength(1);
  });

  it('counts a request that somebody decided on, whatever the reasons are', () => {
    const decided = hop(broker, 3, 'refused', { request: 'a second request', reasons: ['window_too_wide'] });
    expect(findings([...whole, decided])).toEqual([`broken fan_out ${asker}`, `pending delivered ${asker}`]);
    const granted = hop(broker, 3, 'granted', { request: 'a second request' });
    const away = hop(owner, 5, 'refused', { request: 'a second request', reasons: ['conflict'] });
    expect(findings([...whole, granted, away])).toContain(`broken fan_out ${asker}`);
  });

  it('counts as no further owner a page that the officer asked for on record, and one page for one such receipt', () => {
    const second = hop(broker, 3, 'granted', { request: 'a second request' });
    const third = hop(broker, 4, 'granted', { request: 'a third request' });
    const page = hop(asker, 3, 'page_asked', { page: 1 });
    expect(findings([...whole, second])).toContain(`broken fan_out ${asker}`);
    expect(findings([...whole, page, second])).not.toContain(`broken fan_out ${asker}`);
    expect(findings([...whole, page, second, third])).toContain(`broken fan_out ${asker}`);
    const elsewhere = hop(asker, 3, 'page_asked', { page: 1, owner: 'https://another.example' });
    expect(findings([...whole, elsewhere, second])).toContain(`broken fan_out ${asker}`);
  });

  it('accepts that a request was turned away by name, where a ledger proves it', () => {
    const told = hop(asker, 3, 'delivered', { state: 'conflict', evidence });
    const away = hop(broker, 1, 'refused', { reasons: ['conflict'] });
    expect(findings([asked, approved, away, told])).toEqual([]);
    const other = hop(broker, 1, 'refused', { reasons: ['request_malformed'] });
    expect(findings([asked, approved, other, told])).toEqual([`missing delivered ${broker}`]);
  });

  it('refuses two decisions about one request', () => {
    expect(findings([...whole, hop(broker, 3, 'refused')])).toEqual([`broken decided ${broker}`]);
  });

  it('refuses a receipt that is stated twice', () => {
    expect(findings([...whole, hop(owner, 5, 'sent', { release: release.receipt.digest })])).toEqual([
      `broken once ${owner}`,
    ]);
  });

  it('L6: misses one trace over all hops', () => {
    const elsewhere = hop(owner, 4, 'sent', { ...sent.receipt.opened, trace: TRACE.replaceAll('a1', 'c3') });
    expect(findings(without(sent, elsewhere))).toEqual(['broken one_trace nobody']);
    const none = hop(owner, 4, 'sent', { ...sent.receipt.opened, trace: null });
    expect(findings(without(sent, none))).toEqual(['broken one_trace nobody']);
  });

  it('B07: refuses numbers that run backwards', () => {
    const back = { ...sent, receipt: { ...sent.receipt, seq: 2 } };
    expect(findings(without(sent, back))).toEqual([`broken sequence ${owner}`]);
  });

  it('refuses other parties for the same request', () => {
    const other = hop(broker, 2, 'release_logged', { ...logged.receipt.opened, requester: 'https://other.example' });
    expect(findings(without(logged, other))).toEqual(['broken same_parties nobody']);
  });

  it('misses the release that a broker logged', () => {
    expect(findings([asked, approved, granted, logged, delivered])).toEqual([
      `missing grant_ended ${owner}`,
      `missing release_logged ${owner}`,
    ]);
  });

  it('ends a grant where the broker states that it failed', () => {
    const failed = hop(broker, 2, 'failed', { state: 'failed' });
    const told = hop(asker, 3, 'delivered', { state: 'failed', evidence });
    expect(findings([asked, approved, granted, failed, told])).toEqual([]);
  });

  it('refuses that an agency sent on what its own rule had refused', () => {
    const refused = hop(asker, 4, 'refused', { requester: asker, owner: asker });
    expect(findings([...whole, refused])).toEqual([`broken own_rule ${asker}`]);
  });

  it('lets the owner’s `sent` be dated late, since nobody waits for it', () => {
    const late = { ...sent, receipt: { ...sent.receipt, iat: 9_000 } };
    expect(findings(without(sent, late))).toEqual([]);
  });
});
