import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, retentionNode, seenRead, type RetentionNode } from './retention-node.fixture.js';
import { runRetention } from './run-retention.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
type Plates = [string, string, string, string, string, string];
/** Plates that nothing else in the server spells: their bytes are looked for in its files. */
const [EXPIRED, LIMIT_DAY, RECEIVED, HELD, ALERTED, KEPT] = 'ABCDEF'.split('').map((last) => `QZX7E0${last}`) as Plates;
const NARRATIVE = 'QZX a narrative that is past its time';
let at: RetentionNode;
let directory: string | undefined;

beforeAll(async () => {
  at = await retentionNode(NOW);
  directory = await ownFiles();
});
afterAll(async () => {
  await at.close();
});

/** The folder of this database, where the server runs on this machine: every process of it works in its data directory. */
async function ownFiles(): Promise<string | undefined> {
  const [row] = await at.dataSource.query<{ oid: number; pid: number }[]>(
    'select oid::integer, pg_backend_pid() as pid from pg_database where datname = current_database()',
  );
  const folder = await realpath(`/proc/${row?.pid ?? 0}/cwd`).catch(() => '');
  const path = join(folder, 'base', String(row?.oid ?? 0));
  return readdir(path).then(
    () => path,
    () => undefined,
  );
}

/** Which of the texts stand in some file below the folder. */
async function textsIn(folder: string, texts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
    for (const text of texts) if (bytes.includes(text)) found.add(text);
  }
  return [...found].toSorted();
}

async function fill(): Promise<void> {
  await at.node.reads.insertMany([
    seenRead(EXPIRED, NOW - 30 * DAY_MS),
    seenRead(LIMIT_DAY, NOW - 21 * DAY_MS - 60_000),
    seenRead(KEPT, NOW - DAY_MS),
  ]);
  const txn = randomUUID();
  await at.node.received.store({
    txn,
    owner: 'https://owner.example',
    releaseDigest: 'r',
    obligations: {},
    expiresAt: NOW,
    reads: [{ plate: RECEIVED, seen_at: new Date(NOW).toISOString() }],
  });
  await at.dataSource.query(
    `insert into ask (txn, created_at, officer_sub, officer_pseudonym, officer_role, officer_acr, officer_id_token, ask, ask_salt,
       ask_digest, legal_process_salt, owners, respond_within_seconds, traceparent, state)
     values ($1, $2, 's', 'p', 'officer', 'acr', 'token', $3, 's', 'd', 's', '[]', 60, 't', 'ended')`,
    [randomUUID(), new Date(NOW - 500 * DAY_MS), JSON.stringify({ narrative: NARRATIVE })],
  );
  await at.dataSource.query(
    `insert into preservation_hold (id, basis, statute, state, plates, devices, placed_at, placed_by, placed_by_sub, expires_at)
     values ('a hold that is over', 'defence', 'ut-41-6a-2005', 'in_force', $1, '{}', $2, 'p', 's', $3)`,
    [[HELD], new Date(NOW - 15 * DAY_MS), new Date(NOW - DAY_MS)],
  );
  await at.dataSource.query(
    `insert into held_read (hold, plate, seen_at, device, source, read, held_at)
     values ('a hold that is over', $1, $2, 'camera', 'test', '{}', $2)`,
    [HELD, new Date(NOW - 30 * DAY_MS)],
  );
  await at.dataSource.query(
    `insert into alert (id, hit, origin, source, match, state_unknown, entry, read, refreshed_at, created_at, receipt_id, expires_at)
     values ($1, 'h', 'own', 's', 'exact', false, '{}', $2, $3, $3, 'r', $4)`,
    [randomUUID(), JSON.stringify({ plate: ALERTED }), new Date(NOW - 30 * DAY_MS), new Date(NOW)],
  );
  await at.dataSource.query('checkpoint');
}

test('P11: after retention has run nothing past its limit is in tables, indexes, partitions, or a backup made after it', async (context) => {
  if (directory === undefined) return context.skip();
  const texts = [EXPIRED, LIMIT_DAY, RECEIVED, HELD, ALERTED, KEPT, NARRATIVE];
  await fill();
  expect(await textsIn(directory, texts)).toEqual(texts.toSorted());
  const { certificates, failed } = await runRetention(at.node, 'now');
  expect(failed).toEqual([]);
  expect(certificates.map(({ what }) => what)).toEqual([
    'held_reads',
    'reads',
    'reads',
    'alerts',
    'received_reads',
    'id_tokens',
    'asks',
  ]);
  // Files of tables that are gone are emptied at once and removed at the next checkpoint.
  await at.dataSource.query('checkpoint');
  expect(await textsIn(directory, texts)).toEqual([KEPT]);

  // A base backup by the low-level interface (PostgreSQL documentation, 25.3.3), as every tool takes it.
  const copy = await mkdtemp(join(tmpdir(), 'comity-backup-'));
  const runner = at.dataSource.createQueryRunner();
  try {
    await runner.query(`select pg_backup_start('retention', true)`);
    await cp(directory, copy, { recursive: true, filter: (path) => !path.includes('pgsql_tmp') });
    await runner.query('select * from pg_backup_stop(false)');
    expect(await textsIn(copy, texts)).toEqual([KEPT]);
  } finally {
    await runner.release();
    await rm(copy, { recursive: true, force: true });
  }

  // And a dump, which is what the tables say.
  for (const table of [
    'plate_read',
    'received_read',
    'held_read',
    'hit_read',
    'alert',
    'preservation_hold',
    'ask',
    'outgoing_request',
  ]) {
    const rows = await at.dataSource.query<{ row: string }[]>(`select to_jsonb(t)::text as row from ${table} t`);
    const dumped = rows.map(({ row }) => row).join('\n');
    expect(texts.filter((text) => text !== KEPT && dumped.includes(text))).toEqual([]);
  }
}, 240_000);
