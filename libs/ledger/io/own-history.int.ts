import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { append, draft, failure, ledgerOver, newLedger, useLedgers } from '../test/ledgers.js';
import { backUp, restore } from '../test/backups.js';
import { formatCheckpoint, noteKeyFromSeed, signNote } from '../src/index.js';
import { origin, noteKey } from '../test/ledgers.js';
import type { AskWitnesses, WitnessWord } from './index.js';

useLedgers();

const saying =
  (...words: WitnessWord[]): AskWitnesses =>
  () =>
    Promise.resolve(words);
const cosigned = (note: string): WitnessWord => ({ witness: 'oversight.example', answer: 'cosigned', note });
const silent: WitnessWord = { witness: 'away.example', answer: 'silent' };
const nothing: WitnessWord = { witness: 'new.example', answer: 'nothing' };

/** A stopped ledger of three entries whose last checkpoint a witness keeps, and its database as it was after two. */
async function restored(): Promise<{ dataSource: DataSource; seen: string }> {
  const { ledger, database } = await newLedger();
  const { dataSource } = database;
  await append(ledger, dataSource, draft('r0'), draft('r1'));
  await ledger.integrated('r1');
  await backUp(dataSource);
  await append(ledger, dataSource, draft('r2'));
  const { checkpoint: seen } = await ledger.integrated('r2');
  await ledger.stop();
  await restore(dataSource);
  return { dataSource, seen };
}

const sizeOf = async (dataSource: DataSource) =>
  (await dataSource.query<{ size: string }[]>('select size from log_state'))[0]?.size;

describe('a ledger that starts over a restored backup (B10)', () => {
  it('is refused where a witness has cosigned more, and nothing is appended', async () => {
    const { dataSource, seen } = await restored();
    const ledger = ledgerOver(dataSource, undefined, saying(silent, nothing, cosigned(seen)));
    await expect(ledger.start()).rejects.toThrow(
      failure('history_rewritten', { witness: 'oversight.example', signed: seen, signedSize: 3, foundSize: 2 }),
    );
    await expect(append(ledger, dataSource, draft('r3'))).rejects.toThrow(failure('history_rewritten'));
    expect(ledger.signs).toBe(false);
    expect(await sizeOf(dataSource)).toBe('2');
  });

  it('is refused where a witness has cosigned another tree of a size that it has', async () => {
    const { dataSource } = await restored();
    const root = new Uint8Array(32).fill(7);
    const fork = signNote(formatCheckpoint({ origin, size: 1, root }), [noteKey]);
    await expect(ledgerOver(dataSource, undefined, saying(cosigned(fork))).start()).rejects.toThrow(
      failure('history_rewritten', { signedSize: 1 }),
    );
  });

  it('signs nothing while no witness answers, and goes on when one does', async () => {
    const { ledger: first, database } = await newLedger();
    await first.stop();
    let words: WitnessWord[] = [silent];
    const ledger = ledgerOver(database.dataSource, undefined, () => Promise.resolve(words));
    await ledger.start();
    await append(ledger, database.dataSource, draft('r0'));
    await expect(ledger.integrated('r0', { timeoutMs: 300 })).rejects.toThrow(failure('not_durable_in_time'));
    expect([ledger.signs, await sizeOf(database.dataSource)]).toEqual([false, '0']);
    words = [silent, nothing];
    expect((await ledger.integrated('r0', { timeoutMs: 20_000 })).index).toBe(0);
    expect(ledger.signs).toBe(true);
  });

  it('stops when a witness that was away at the start turns out to have seen more', async () => {
    const { dataSource, seen } = await restored();
    let words: WitnessWord[] = [nothing];
    const ledger = ledgerOver(dataSource, undefined, () => Promise.resolve(words));
    await ledger.start();
    words = [cosigned(seen)];
    await expect(ledger.confirmHistory()).rejects.toThrow(failure('history_rewritten'));
    expect(ledger.halted?.code).toBe('history_rewritten');
  });

  it('is not stopped by a note that it never signed', async () => {
    const { dataSource } = await restored();
    const other = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(9));
    const forged = signNote(formatCheckpoint({ origin, size: 9, root: new Uint8Array(32) }), [other]);
    const ledger = ledgerOver(dataSource, undefined, saying(cosigned(forged), nothing));
    await ledger.start();
    expect(ledger.signs).toBe(true);
  });

  it('starts where the witnesses have seen a beginning of it', async () => {
    const { ledger: first, database } = await newLedger();
    const { dataSource } = database;
    await append(first, dataSource, draft('r0'));
    const { checkpoint } = await first.integrated('r0');
    await append(first, dataSource, draft('r1'));
    await first.integrated('r1');
    await first.stop();
    const ledger = ledgerOver(dataSource, undefined, saying(cosigned(checkpoint)));
    await ledger.start();
    await append(ledger, dataSource, draft('r2'));
    expect((await ledger.integrated('r2')).index).toBe(2);
  });
});
