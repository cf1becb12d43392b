import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProblemError, readToken } from '#protocol';
import { ReadsError, formatInstant, readsToHold } from '#reads';
import { DAY_MS, retentionNode, rowsOf, seenRead, type RetentionNode } from '../retention/retention-node.fixture.js';
import { runRetention } from '../retention/run-retention.js';
import type { Hold } from './holds.store.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const [one, other] = ['one', 'other'].map((sub) => ({ sub, pseudonym: `pseudonym of ${sub}` })) as [Person, Person];
type Person = { readonly sub: string; readonly pseudonym: string };
const sworn = { digest: 'D'.repeat(43), by: 'a deputy sheriff' };
let at: RetentionNode;

beforeEach(async () => {
  at = await retentionNode(NOW);
  await at.node.reads.insertMany([seenRead('ABC123', NOW - 20 * DAY_MS), seenRead('XYZ789', NOW - 20 * DAY_MS)]);
});
afterEach(async () => {
  await at.close();
});

const place = (statute = 'nc-20-183.32', basis: 'prosecution' | 'defence' = 'prosecution'): Promise<Hold> =>
  at.node.holds.place(
    {
      basis,
      statute,
      sworn,
      caseNumber: '26-01234',
      scope: readsToHold({
        plates: ['ABC123'],
        devices: [],
        from: new Date(NOW - 40 * DAY_MS).toISOString(),
        until: new Date(NOW + 40 * DAY_MS).toISOString(),
      }),
    },
    one,
  );

async function confirmed(statute?: string, basis?: 'prosecution' | 'defence'): Promise<Hold> {
  return at.node.holds.confirm((await place(statute, basis)).id, 'place', other);
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    return error instanceof ReadsError ? error.code : error;
  }
}

const held = () => rowsOf<{ plate: string }>(at.dataSource, 'select plate from held_read order by plate');
const search = () =>
  at.node.reads.plateHistory(
    { plates: [{ text: 'ABC123' }], from: NOW - 90 * DAY_MS, until: NOW },
    { limit: 10, retentionMs: at.settings.retentionMs },
  );

test('a hold has an id that no command takes for an option', async () => {
  // 0xf8 is the first byte of an id that begins with a dash.
  const drawn = vi.spyOn(at.node.randomness, 'bytes').mockReturnValueOnce(new Uint8Array(16).fill(0xf8));
  expect((await place()).id).toMatch(/^[^-]/);
  expect(drawn.mock.calls.length).toBeGreaterThan(1);
});

describe('a hold', () => {
  test('preserves from the moment it is placed, for three days, and lapses where nobody confirms it', async () => {
    const { expiresAt, state } = await place();
    expect([state, expiresAt]).toEqual(['proposed', NOW + 3 * DAY_MS]);
    at.clock.set(NOW + 2 * DAY_MS);
    await runRetention(at.node, 'later');
    expect(await at.node.reads.count()).toBe(0);
    expect(await held()).toEqual([{ plate: 'ABC123' }]);
    at.clock.set(NOW + 3 * DAY_MS);
    expect(await codeOf(at.node.holds.confirm((await at.node.holds.list())[0]?.id ?? '', 'place', other))).toBe(
      'not_waiting',
    );
    const { certificates } = await runRetention(at.node, 'later');
    expect(certificates.map(({ what, count }) => [what, count])).toEqual([['held_reads', 1]]);
    expect(await held()).toEqual([]);
  });

  test('N05: is confirmed, prolonged and given up by a second person alone', async () => {
    const { id } = await place('vt-23-1608');
    expect(await codeOf(at.node.holds.confirm(id, 'place', one))).toBe('second_person_needed');
    expect((await at.node.holds.confirm(id, 'place', other)).expiresAt).toBe(NOW + 90 * DAY_MS);
    at.clock.set(NOW + 10 * DAY_MS);
    expect(await codeOf(at.node.holds.renew(id, undefined, one))).toBe('hold_refused');
    await at.node.holds.renew(id, 'E'.repeat(43), one);
    expect(await codeOf(at.node.holds.confirm(id, 'renew', one))).toBe('second_person_needed');
    expect(await at.node.holds.confirm(id, 'renew', other)).toMatchObject({
      expiresAt: NOW + 100 * DAY_MS,
      renewals: 1,
      sworn: { digest: 'E'.repeat(43) },
    });
    expect((await at.node.holds.release(id, one)).state).toBe('in_force');
    expect(await codeOf(at.node.holds.confirm(id, 'release', one))).toBe('second_person_needed');
    expect(await at.node.holds.confirm(id, 'release', other)).toMatchObject({
      state: 'ended',
      ended: { reason: 'released' },
      scope: undefined,
      caseNumber: undefined,
    });
    expect(await held()).toEqual([]);
  });

  test('is taken back alone by whoever placed it, while nobody has confirmed it', async () => {
    const { id } = await place();
    expect((await at.node.holds.release(id, one)).ended?.reason).toBe('withdrawn');
    expect(await held()).toEqual([]);
  });

  test('is prolonged only where its statute allows it', async () => {
    const { id } = await confirmed('ut-41-6a-2005', 'defence');
    expect(await codeOf(at.node.holds.renew(id, 'E'.repeat(43), one))).toBe('hold_refused');
    expect(await codeOf(place('ut-41-6a-2005', 'prosecution'))).toBe('hold_refused');
  });

  test('P11: keeps a read that no ordinary query finds any more, and its own door finds for its case, on record', async () => {
    const { id } = await confirmed();
    at.clock.set(NOW + 2 * DAY_MS);
    // Swept or not: what is past the limit is found in no query.
    expect((await search()).reads).toEqual([]);
    await runRetention(at.node, 'later');
    expect((await search()).reads).toEqual([]);
    expect(await codeOf(at.node.holds.read(id, '26-99999', one))).toBe('hold_refused');
    expect(await at.node.holds.read(id, '26-01234', one)).toMatchObject([
      { plate: 'ABC123', read: { device: 'camera' } },
    ]);
    const logged = await at.ledger.entries(0, (await at.ledger.head()).size);
    expect(logged.map((entry) => readToken('receipt', entry).claims['kind'])).toContain('hold_read');
    at.clock.set(NOW + 366 * DAY_MS);
    expect(await codeOf(at.node.holds.read(id, '26-01234', one))).toBe('hold_not_open');
  });

  test('preserves what comes in late, too, and loses nothing to a partition that is dropped', async () => {
    await confirmed();
    await at.node.reads.insertMany([seenRead('ABC123', NOW - 10 * DAY_MS), seenRead('ABC123', NOW - 19 * DAY_MS)]);
    at.clock.set(NOW + 30 * DAY_MS);
    const { certificates } = await runRetention(at.node, 'later');
    expect(certificates.map(({ document }) => document['held'])).toEqual([1, 1, 1]);
    expect(certificates.map(({ document }) => document['holds_open'])).toEqual([1, 1, 1]);
    expect(await held()).toHaveLength(3);
  });

  test('preserves a hit beyond the limit of hits', async () => {
    await at.node.hits.keep(at.dataSource.manager, seenRead('ABC123', NOW - 20 * DAY_MS), 'alert', 30 * DAY_MS);
    at.clock.set(NOW + 5 * DAY_MS);
    await runRetention(at.node, 'later');
    await confirmed();
    at.clock.set(NOW + 20 * DAY_MS);
    await runRetention(at.node, 'later');
    expect(await rowsOf(at.dataSource, 'select 1 from hit_read')).toEqual([]);
    expect(await held()).toEqual([{ plate: 'ABC123' }]);
  });
});

describe('transactions that a hold concerns', () => {
  const CASE = '26-01234';
  const [own, foreign, released, brought] = ['a', 'b', 'c', 'd'].map(
    (x) => `${x.repeat(8)}-0000-4000-8000-000000000000`,
  );

  /** An own ask of the case and one of another, a release of a held read, and a request that brought a release. */
  async function transactions(): Promise<void> {
    const ask = (txn: string | undefined, caseNumber: string) =>
      at.dataSource.query(
        `insert into ask (txn, created_at, officer_sub, officer_pseudonym, officer_role, officer_acr, officer_id_token, ask, ask_salt,
           ask_digest, legal_process_salt, owners, respond_within_seconds, traceparent, state, reasons)
         values ($1::uuid, now(), 's', 'p', 'officer', 'a', 't', $2, 's', $1::text, 's', '[]', 60, 't', 'ended', '[]')`,
        [txn, JSON.stringify({ case_number: caseNumber })],
      );
    await ask(own, CASE);
    await ask(foreign, '26-09999');
    await ask(brought, '26-09999');
    await at.dataSource.query(
      `insert into outgoing_request (txn, owner, broker, jti, next_attempt_at, release) values ($1, 'https://owner.example', 'b', 'j', now(), 'R')`,
      [brought],
    );
    // Told by the hour: what it told is not what is held.
    const stored = [{ plate: 'ABC123', seenAt: NOW - 20 * DAY_MS }];
    const told = [{ plate: 'ABC123', seen_at: formatInstant(NOW - 20 * DAY_MS - 1_234_567) }];
    const marked = { what: 'answer', released: 'q'.repeat(43), txn: released ?? '', requester: 'r' } as const;
    await at.dataSource.transaction((manager) => at.node.exports.markRelease(manager, marked, { told, stored }, NOW));
  }

  test('W14 P11: keep what opens their receipts until it ends: the case, who was given what is held in whatever words, what brought a held release', async () => {
    await transactions();
    expect(await at.node.holds.transactions()).toEqual([]);
    const { id } = await confirmed();
    expect((await at.node.holds.transactions()).toSorted()).toEqual([own, released]);
    const statute = 'nc-20-183.32';
    const scope = { kind: 'release', owner: 'https://owner.example', release: 'R' } as const;
    await at.node.holds.place({ basis: 'prosecution', statute, sworn, caseNumber: '26-00001', scope }, one);
    expect((await at.node.holds.transactions()).toSorted()).toEqual([own, released, brought]);
    // The ask is gone with its own time; the hold remembers what it was about.
    await at.dataSource.query('delete from ask where txn = $1', [own]);
    expect((await at.node.holds.transactions()).toSorted()).toEqual([own, released, brought]);
    await at.node.holds.release(id, one);
    await at.node.holds.confirm(id, 'release', other);
    expect(await at.node.holds.transactions()).toEqual([brought]);
    at.clock.set(NOW + 4 * DAY_MS);
    expect(await at.node.holds.transactions()).toEqual([]);
  });
});
