import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { append, draft, failure, ledgerOver, newLedger, startLedger, useLedgers } from '../test/ledgers.js';
import { createTestDatabase } from '../../../test/support/database.js';
import { noteKeyFromSeed } from '../src/index.js';

useLedgers();

/** As a superuser who knows the triggers. */
async function damage(dataSource: DataSource, ...statements: string[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(`set local session_replication_role = replica`);
    for (const statement of statements) await manager.query(statement);
  });
}

function flip(table: string, column: string, where: string, byte = 40): string {
  return `update ${table} set ${column} = set_byte(${column}, ${byte}, get_byte(${column}, ${byte}) # 1) where ${where}`;
}

/** One batch for each entry. */
async function logOf(count: number) {
  const { ledger, database } = await newLedger();
  for (let i = 0; i < count; i += 1) {
    await append(ledger, database.dataSource, draft(`r${i}`));
    await ledger.integrated(`r${i}`);
  }
  return { ledger, dataSource: database.dataSource };
}

/** A log with two full tiles. */
async function largeLog() {
  const { ledger, database } = await newLedger();
  await append(ledger, database.dataSource, ...Array.from({ length: 600 }, (_, i) => draft(`r${i}`)));
  await ledger.integrated('r599', { timeoutMs: 20_000 });
  return { ledger, dataSource: database.dataSource };
}

describe('the tables of the log', () => {
  it.each([
    ['log_batch', 'bundle'],
    ['log_tile', 'data'],
    ['log_checkpoint', 'note'],
  ])('refuse every change: %s (B09)', async (table, column) => {
    const { dataSource } = await logOf(0);
    for (const statement of [
      `delete from ${table}`,
      `truncate ${table}`,
      `update ${table} set ${column} = ${column}`,
    ]) {
      await expect(dataSource.query(statement)).rejects.toThrow('the log is append-only');
    }
  });
});

describe('B09: a check of the whole log', () => {
  it('finds one flipped bit, names the entry and stops all signing', async () => {
    const { ledger, dataSource } = await logOf(5);
    await ledger.selfCheck();
    await damage(dataSource, flip('log_batch', 'bundle', 'first = 3'));
    await expect(ledger.selfCheck()).rejects.toThrow(failure('database_doubtful', { index: 3 }));
    await expect(append(ledger, dataSource, draft('more'))).rejects.toThrow(failure('database_doubtful'));
    await expect(ledger.integrated('more')).rejects.toThrow(failure('database_doubtful'));
    expect(ledger.halted?.code).toBe('database_doubtful');
  });

  it.each([
    ['an old entry', flip('log_batch', 'bundle', 'first = 0'), 0],
    ['a tile', flip('log_tile', 'data', 'level = 0 and n = 1', 32 * 77 + 5), 256 + 77],
    ['the index', flip('receipt_index', 'leaf_hash', 'entry_index = 580', 0), 580],
    ['a length in a bundle', flip('log_batch', 'bundle', 'first = 0', 0), 0],
  ])('finds one flipped bit in %s', async (_, statement, index) => {
    const { dataSource } = await largeLog();
    await damage(dataSource, statement);
    await expect(ledgerOver(dataSource).selfCheck()).rejects.toThrow(failure('database_doubtful', { index }));
  });

  it.each([
    ['a row of the index', 'delete from receipt_index where entry_index = 3', 3, 'an entry is missing in the index'],
    ['a tile', 'delete from log_tile where n = 1', 256, 'a tile of the log is missing'],
    ['a batch', 'delete from log_batch where first = 512', 512, 'an entry of the log is missing'],
    ['every batch', 'delete from log_batch', 0, 'an entry of the log is missing'],
  ])('finds %s missing', async (_, statement, index, message) => {
    const { dataSource } = await largeLog();
    await damage(dataSource, statement);
    await expect(ledgerOver(dataSource).selfCheck()).rejects.toThrow(failure('database_doubtful', { index }, message));
  });

  it('finds a batch missing between others, together with its index', async () => {
    const { dataSource } = await logOf(5);
    await damage(
      dataSource,
      'delete from log_batch where first = 2',
      'delete from receipt_index where entry_index = 2',
    );
    await expect(ledgerOver(dataSource).selfCheck()).rejects.toThrow(
      failure('database_doubtful', { index: 2 }, 'an entry of the log is missing'),
    );
  });

  it('finds an entry exchanged together with its hashes in tile and index', async () => {
    const { dataSource } = await logOf(3);
    await damage(
      dataSource,
      `update log_batch set bundle = (select bundle from log_batch where first = 1) where first = 2`,
      `update receipt_index set leaf_hash = (select leaf_hash from receipt_index where entry_index = 1) where entry_index = 2`,
    );
    await expect(ledgerOver(dataSource).selfCheck()).rejects.toThrow(failure('database_doubtful', { size: 3 }));
  });
});

describe('a start', () => {
  it('B09: finds one bit flipped near the end of the log', async () => {
    const { ledger, dataSource } = await logOf(5);
    await ledger.stop();
    await damage(dataSource, flip('log_batch', 'bundle', 'first = 3'));
    await expect(startLedger(dataSource)).rejects.toThrow(failure('database_doubtful'));
  });

  it.each([
    ['an edge that is not that of the entries', `update log_state set edge = ''`],
    ['a root that was not signed', `update log_state set root = sha256('')`],
    ['a size that was not signed', `update log_state set size = 1`],
    [
      'a checkpoint that was not signed',
      `update log_state set checkpoint = replace(checkpoint, E'\\n2\\n', E'\\n3\\n')`,
    ],
  ])('refuses %s', async (_, statement) => {
    const { ledger, dataSource } = await logOf(2);
    await ledger.stop();
    await damage(dataSource, statement);
    await expect(startLedger(dataSource)).rejects.toThrow(failure('database_doubtful'));
  });

  it('finds an entry exchanged together with the edge over it', async () => {
    const { ledger, dataSource } = await logOf(1);
    await ledger.stop();
    await damage(
      dataSource,
      flip('log_batch', 'bundle', 'first = 0'),
      `update log_state set edge = (select sha256('\\x00'::bytea || substr(bundle, 3)) from log_batch)`,
    );
    await expect(startLedger(dataSource)).rejects.toThrow(
      failure('database_doubtful', {}, 'the entries do not have the root of the log'),
    );
  });

  it('refuses a database that may lose what it acknowledged', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    const query = (statement: string, parameters?: unknown[]) =>
      statement.includes(`current_setting('fsync')`)
        ? Promise.resolve([{ fsync: 'off', full_page_writes: 'on' }])
        : dataSource.query<unknown>(statement, parameters);
    const unsafe = new Proxy(dataSource, {
      get: (target, member) => (member === 'query' ? query : (Reflect.get(target, member, target) as unknown)),
    });
    await expect(startLedger(unsafe)).rejects.toThrow(failure('database_unsafe', { setting: 'fsync' }));
    expect(await dataSource.query('select from log_state')).toEqual([]);
  });

  it('refuses a log whose entries or state were deleted, and begins no second one', async () => {
    const { ledger, dataSource } = await logOf(4);
    await ledger.stop();
    await damage(dataSource, 'delete from log_batch where first = 2');
    await expect(startLedger(dataSource)).rejects.toThrow(failure('database_doubtful', { index: 2 }));
    await damage(dataSource, 'delete from log_state');
    await expect(startLedger(dataSource)).rejects.toThrow(failure('database_doubtful'));
    await damage(dataSource, 'delete from log_batch');
    await expect(startLedger(dataSource)).rejects.toThrow(failure('database_doubtful'));
  });

  it('refuses the log of another origin', async () => {
    const { ledger, dataSource } = await logOf(1);
    await ledger.stop();
    const origin = 'other.example';
    const noteKey = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(9));
    await expect(ledgerOver(dataSource, { origin, noteKey }).start()).rejects.toThrow(
      failure('database_doubtful', { origin: 'ledger.example/node' }),
    );
  });
});

describe('a log that goes back in time while it is running', () => {
  it('B10: stops all signing, with both checkpoints as evidence', async () => {
    const { ledger, dataSource } = await logOf(3);
    const columns = 'size, root, edge, checkpoint, last_seq, last_receipt_digest';
    const { checkpoint: found } = await ledger.head();
    await damage(dataSource, 'create table old_state as table log_state');
    await append(ledger, dataSource, draft('r3'));
    const { checkpoint: signed } = await ledger.integrated('r3');
    await damage(
      dataSource,
      `update log_state set (${columns}) = (select ${columns} from old_state)`,
      'delete from log_batch where first >= 3',
      'delete from log_checkpoint where size > 3',
      'delete from receipt_index where entry_index >= 3',
    );
    await append(ledger, dataSource, draft('r4'));
    await expect(ledger.integrated('r4')).rejects.toThrow(failure('history_rewritten', { signed, found }));
    expect(await dataSource.query('select size from log_state')).toEqual([{ size: '3' }]);
  });
});

describe('B09: the check that goes on while a node works', () => {
  it('goes through the whole log, piece by piece, and begins again', async () => {
    const { ledger } = await logOf(70);
    expect([await ledger.checkNext(), await ledger.checkNext(), await ledger.checkNext()]).toEqual([0, 1, 1]);
  });

  it('finds one flipped bit that nobody asked for, and stops all signing', async () => {
    const { ledger, dataSource } = await logOf(70);
    await damage(dataSource, flip('log_batch', 'bundle', 'first = 66'));
    expect(await ledger.checkNext()).toBe(0);
    await expect(ledger.checkNext()).rejects.toThrow(failure('database_doubtful', { index: 66 }));
    await expect(append(ledger, dataSource, draft('more'))).rejects.toThrow(failure('database_doubtful'));
    expect(ledger.signs).toBe(false);
  });
});
