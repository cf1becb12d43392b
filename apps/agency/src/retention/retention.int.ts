import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readToken, digestOf, type JsonObject } from '#protocol';
import { RetentionJob } from '../retention.job.js';
import { readCertificates } from './deletion-certificate.js';
import { DAY_MS, retentionNode, rowsOf, seenRead, type RetentionNode } from './retention-node.fixture.js';
import { retentionLimits } from './retention-limits.js';
import { runRetention } from './run-retention.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
let at: RetentionNode;

beforeEach(async () => {
  at = await retentionNode(NOW);
});
afterEach(async () => {
  await at.close();
});

const halted = () => Promise.reject(new Error('halted'));
const released = { plate: 'ABC123', seen_at: new Date(NOW).toISOString() };
const answerOf = (releaseDigest: string, expiresAt: number) => ({
  txn: randomUUID(),
  owner: 'https://owner.example',
  obligations: {},
  reads: [released],
  releaseDigest,
  expiresAt,
});

async function insertAsk(txn: string, createdAt: number, state = 'ended'): Promise<void> {
  await at.dataSource.query(
    `insert into ask (txn, created_at, officer_sub, officer_pseudonym, officer_role, officer_acr, officer_id_token, ask, ask_salt,
       ask_digest, legal_process_salt, owners, respond_within_seconds, traceparent, state, supervisor_id_token, approved_at, approval)
     values ($1, $2, 's', 'p', 'officer', 'acr', 'ey.officer.token', '{"narrative":"a robbery"}', 's', $3, 's', '[]', 60, 't', $4,
       'ey.supervisor.token', $2, 'approval')`,
    [txn, new Date(createdAt), `digest ${txn}`, state],
  );
  await at.dataSource.query(
    `insert into outgoing_request (txn, owner, broker, jti, next_attempt_at, warnings, state, shown)
     values ($1, 'https://owner.example', 'b', $2, now(), '["mistaken easily for A8C123"]', 'replied', true)`,
    [txn, `jti ${txn}`],
  );
}

async function insertIncoming(digest: string, respondBy: number, keptUntil: number | null): Promise<void> {
  await at.dataSource.query(
    `insert into incoming_request (iss, jti, digest, txn, broker, request, signed_at, respond_by, received_at, traceparent,
       granted_receipt, rule_digest, answer, receipt_id, kept_until)
     values ('https://asker.example', $1, $1, $2, 'b', 'r', $3, $3, $3, 't', 'g', 'r', 'a.sealed.answer', 'r', $4)`,
    [digest, randomUUID(), new Date(respondBy), keptUntil === null ? null : new Date(keptUntil)],
  );
}

test('a sweep makes the tables of the coming days, so that no import waits for one', async () => {
  await new RetentionJob(at.node, () => undefined).sweep();
  const days = await at.dataSource.query<{ name: string }[]>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'plate_read'::regclass order by 1`,
  );
  expect(days.map(({ name }) => name)).toEqual([22, 23, 24, 25].map((day) => `plate_read_d202611${day}`));
});

describe('what is past its limit', () => {
  test('P11: goes, by the agency’s own limit and by the obligation of an owner, and nothing else goes', async () => {
    await at.node.reads.insertMany([seenRead('ABC123', NOW - 22 * DAY_MS), seenRead('ABC123', NOW - 20 * DAY_MS)]);
    await at.node.received.store(answerOf('gone', NOW));
    await at.node.received.store(answerOf('kept', NOW + 1));
    const said: string[] = [];
    await new RetentionJob(at.node, (line) => said.push(line)).sweep();
    expect(await at.node.reads.count()).toBe(1);
    expect(await rowsOf(at.dataSource, 'select release_digest as it from received_read')).toEqual([{ it: 'kept' }]);
    expect(said).toEqual(['retention: 1 reads deleted', 'retention: 1 received_reads deleted']);
  });

  test('P11: is told by the law where that is stricter than what the agency set', async () => {
    await at.node.reads.insertMany([seenRead('ABC123', NOW - 4 * 60_000), seenRead('ABC123', NOW - 2 * 60_000)]);
    at.attested = ['days-90', 'minutes-3'];
    expect((await retentionLimits(at.node)).readsMs).toBe(180_000);
    await runRetention(at.node, 'later');
    expect(await at.node.reads.count()).toBe(1);
  });

  test('takes with it the warnings that name look-alikes of what was received', async () => {
    const answer = answerOf('gone', NOW);
    await insertAsk(answer.txn, NOW - DAY_MS);
    await at.node.received.store(answer);
    await runRetention(at.node, 'later');
    expect(await rowsOf(at.dataSource, 'select warnings from outgoing_request')).toEqual([{ warnings: [] }]);
  });

  test('of a hit lasts as long as the agency says for hits, for its alert alone', async () => {
    const hitRead = seenRead('HIT123', NOW - 20 * DAY_MS);
    await at.node.reads.insertMany([hitRead, seenRead('MISS12', NOW - 20 * DAY_MS)]);
    await at.node.hits.keep(at.dataSource.manager, hitRead, 'alert-1', 60 * DAY_MS);
    at.clock.set(NOW + 5 * DAY_MS);
    await runRetention(at.node, 'later');
    expect(await at.node.reads.count()).toBe(0);
    expect(await at.node.hits.forAlert('alert-1', at.clock)).toMatchObject([{ read: { plate: 'HIT123' } }]);
    at.clock.set(NOW + 40 * DAY_MS);
    expect(await at.node.hits.forAlert('alert-1', at.clock)).toEqual([]);
    const { certificates } = await runRetention(at.node, 'later');
    expect(certificates.map(({ document }) => [document['what'], document['basis'], document['counts']])).toEqual([
      ['hits', 'hit', [{ day: '2026-11-02', class: 'public', count: 1 }]],
    ]);
  });

  test('of asks and answers goes in its order: ID tokens and sealed answers after days, the rest after the record period', async () => {
    const [old, recent, open] = [randomUUID(), randomUUID(), randomUUID()];
    await insertAsk(old, NOW - 401 * DAY_MS);
    await insertAsk(recent, NOW - 3 * DAY_MS);
    await insertAsk(open, NOW - 3 * DAY_MS, 'asking');
    await insertIncoming('old', NOW - 401 * DAY_MS, null);
    await insertIncoming('recallable', NOW - 401 * DAY_MS, NOW + 1);
    await insertIncoming('recent', NOW - 3 * DAY_MS, null);
    await insertIncoming('under way', NOW - 60_000, null);
    const { failed } = await runRetention(at.node, 'later');
    expect(failed).toEqual([]);
    const asks = await rowsOf(
      at.dataSource,
      'select txn, officer_id_token, supervisor_id_token from ask order by state',
    );
    expect(asks).toEqual([
      { txn: open, officer_id_token: 'ey.officer.token', supervisor_id_token: 'ey.supervisor.token' },
      { txn: recent, officer_id_token: '', supervisor_id_token: '' },
    ]);
    expect(await rowsOf(at.dataSource, 'select txn from outgoing_request where txn = $1', [old])).toEqual([]);
    const incoming = await rowsOf(at.dataSource, 'select digest, answer from incoming_request order by digest');
    expect(incoming).toEqual([
      { digest: 'recallable', answer: null },
      { digest: 'recent', answer: null },
      { digest: 'under way', answer: 'a.sealed.answer' },
    ]);
  });
});

test('P11: pages that a statement under way could still read keep their note, and are rewritten when it is over', async () => {
  await at.node.received.store(answerOf('gone', NOW));
  const reader = at.dataSource.createQueryRunner();
  await reader.startTransaction('REPEATABLE READ');
  await reader.query('select count(*) from plate_read');
  await runRetention(at.node, 'later');
  const noted = () => rowsOf(at.dataSource, 'select relation from deletion_remains order by relation');
  const before = await noted();
  expect(before).toContainEqual({ relation: 'received_read' });
  at.clock.set(NOW + 2 * DAY_MS);
  const { rewritten, failed } = await runRetention(at.node, 'later');
  expect([rewritten, failed]).toEqual([expect.not.arrayContaining(['received_read']), []]);
  expect(await noted()).toContainEqual({ relation: 'received_read' });
  await reader.rollbackTransaction();
  await reader.release();
  // The server's own `analyze` may read just now as well, and then it is the next round.
  const left = async () => {
    await runRetention(at.node, 'later');
    return noted();
  };
  await expect.poll(left, { timeout: 30_000, interval: 500 }).toEqual([]);
});

const day = (days: number) => new Date(NOW + days * DAY_MS);

test('P11: a standing alert leaves nothing behind at either end: what is followed goes with its end, what was asked with its record', async () => {
  for (const [digest, until] of [
    ['over', day(-1)],
    ['stands', day(1)],
  ] as const) {
    await at.dataSource.query(
      `insert into followed_plate values ($1, 'r', 'g', 'https://asker.example', 'ABC123', null, $2, $3)`,
      [digest, day(-2), until],
    );
    await at.dataSource.query(
      `insert into alert_release (id, request_digest, hit, read, found_at) values (gen_random_uuid(), $1, $1, '{}', $2)`,
      [digest, day(-2)],
    );
  }
  for (const [digest, ends] of [
    ['old', day(-5_000)],
    ['recent', day(-1)],
  ] as const) {
    await at.dataSource.query(
      `insert into alert_subscription (txn, owner, request_digest, request, ends_at)
       values (gen_random_uuid(), 'https://owner.example', $1, 'r', $2)`,
      [digest, ends],
    );
  }
  const { certificates } = await runRetention(at.node, 'later');
  expect(certificates.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['followed_plates', 'alert_subscriptions']),
  );
  const left = (table: string) => rowsOf(at.dataSource, `select request_digest from ${table}`);
  expect(await left('followed_plate')).toEqual([{ request_digest: 'stands' }]);
  expect(await left('alert_release')).toEqual([{ request_digest: 'stands' }]);
  expect(await left('alert_subscription')).toEqual([{ request_digest: 'recent' }]);
});

describe('the certificate of a deletion', () => {
  test('is signed, numbered and in the ledger, counts by day and class, and says what a hold kept', async () => {
    await at.node.reads.insertMany([
      seenRead('ABC123', NOW - 30 * DAY_MS),
      { ...seenRead('ABC124', NOW - 30 * DAY_MS), cameraOwnerClass: 'school' },
      seenRead('ABC125', NOW - 21 * DAY_MS - 1),
    ]);
    await runRetention(at.node, 'later');
    const [second, first] = await readCertificates(at.dataSource.manager, { limit: 10 });
    expect(first?.document).toMatchObject({
      what: 'reads',
      basis: 'non_hit',
      cutoff: new Date(NOW - 21 * DAY_MS).toISOString(),
      counts: [
        { day: '2026-10-23', class: 'public', count: 1 },
        { day: '2026-10-23', class: 'school', count: 1 },
      ],
      count: 2,
      partitions_dropped: 1,
      method: 'partition_dropped',
      held: 0,
      holds_open: 0,
    });
    expect(second?.document).toMatchObject({ count: 1, method: 'rows_deleted', partitions_dropped: 0 });
    const { entry, opening } = await at.ledger.integrated(first?.receiptId ?? '');
    expect(readToken('receipt', entry).claims['kind']).toBe('deletion');
    expect(opening.accountability['digest']?.value).toBe(digestOf(first?.document as JsonObject));
    // The number of receipts of one signer in one ledger has no gap: a certificate that was left out is missed.
    const seq = readToken('receipt', (await at.ledger.integrated(second?.receiptId ?? '')).entry).claims['seq'];
    expect(seq).toBe((readToken('receipt', entry).claims['seq'] as number) + 1);
    expect(opening.content['count']?.value).toBe(2);
  });

  test('and its deletion are one: where the ledger takes nothing, nothing goes, and the rest is not held up', async () => {
    await at.node.reads.insertMany([seenRead('ABC123', NOW - 30 * DAY_MS)]);
    await at.node.received.store(answerOf('gone', NOW));
    const broken = { ...at.node, ledger: { append: halted } } as unknown as typeof at.node;
    expect((await runRetention(broken, 'later')).failed).toEqual(['reads', 'received_reads']);
    expect(await at.node.reads.count()).toBe(1);
    expect(await rowsOf(at.dataSource, 'select 1 from received_read')).toHaveLength(1);
    expect((await runRetention(at.node, 'later')).certificates).toHaveLength(2);
    expect(await at.node.reads.count()).toBe(0);
  });

  test('is not made where nothing went', async () => {
    await at.node.reads.insertMany([seenRead('ABC123', NOW - DAY_MS)]);
    expect((await runRetention(at.node, 'now')).certificates).toEqual([]);
  });
});
