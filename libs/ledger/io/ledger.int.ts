import { describe, expect, it } from 'vitest';
import {
  append,
  connect,
  draft,
  expectOneHistory,
  failure,
  ledgerOver,
  newLedger,
  startLedger,
  useLedgers,
  verify,
} from '../test/ledgers.js';
import { createTestDatabase } from '../../../test/support/database.js';
import { cosign, decodeBase64, noteKeyFromSeed, parseCheckpoint, splitNote, verifyConsistency } from '../src/index.js';

const witness = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(2));
useLedgers();

describe('appending', () => {
  it('waits until the receipt is durable, and gives a proof that verifies', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    const proof = await ledger.integrated('r1');
    const [row] = await database.dataSource.query<unknown[]>('select size, checkpoint from log_state');
    expect(row).toEqual({ size: '1', checkpoint: proof.checkpoint });
    expect(await verify(proof)).toMatchObject({
      verified: true,
      seq: 0,
      prev: null,
      fields: { accountability: { txn: 'matches', parties: 'matches' }, content: { plate: 'matches' } },
    });
  });

  it('puts no value of any field into the leaf', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    const { entry } = await ledger.integrated('r1');
    expect(Buffer.from(entry.split('.')[1] ?? '', 'base64url').toString()).not.toMatch(/ABC123|txn-r1/);
  });

  it('makes an entry only of what was committed', async () => {
    const { ledger, database } = await newLedger();
    const rollback = database.dataSource.transaction(async (manager) => {
      await ledger.append(manager, draft('never'));
      throw new Error('changed its mind');
    });
    await expect(rollback).rejects.toThrow('changed its mind');
    await expect(ledger.integrated('never', { timeoutMs: 300 })).rejects.toThrow(failure('not_durable_in_time'));
    expect((await ledger.head()).size).toBe(0);
  });

  it('gives the same place for the same receipt, before and after it is in the log', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'), draft('r1'));
    const first = await ledger.integrated('r1');
    await append(ledger, database.dataSource, draft('r1'));
    expect(await ledger.integrated('r1')).toEqual(first);
    await append(ledger, database.dataSource, draft('r2'));
    await ledger.integrated('r2');
    expect((await ledger.head()).size).toBe(2);
    expect(await database.dataSource.query('select from log_pending')).toEqual([]);
    expect(await ledger.receipts({ txn: 'txn-r1' })).toMatchObject([{ receiptId: 'r1', index: 0, kind: 'granted' }]);
  });

  it('refuses other content under the id of a receipt, before and after it is in the log', async () => {
    const { ledger, database } = await newLedger();
    const conflicts = [
      draft('r1', 'XYZ789'),
      { ...draft('r1'), kind: 'refused' as const },
      { ...draft('r1'), txn: 't' },
    ];
    for (const other of conflicts) {
      await expect(append(ledger, database.dataSource, draft('r1'), other)).rejects.toThrow(
        failure('receipt_conflict'),
      );
    }
    await append(ledger, database.dataSource, draft('r1'));
    await ledger.integrated('r1');
    for (const other of conflicts) {
      await expect(append(ledger, database.dataSource, other)).rejects.toThrow(failure('receipt_conflict'));
    }
  });

  it('writes a receipt once, even where a row of it was left in the queue', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    await ledger.integrated('r1');
    await database.dataSource.query(
      `insert into log_pending (receipt_id, kind, txn, commitments, opening, created)
       select receipt_id, kind, txn, '{"accountability":{},"content":{}}', opening, at from receipt_index`,
    );
    await append(ledger, database.dataSource, draft('r2'));
    expect((await ledger.integrated('r2')).index).toBe(1);
    expect((await ledger.head()).size).toBe(2);
  });

  it('refuses fields that no receipt can hold', async () => {
    const { ledger, database } = await newLedger();
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`field${i}`, i]));
    for (const content of [{ plate: Number.NaN }, { plate: 'a\0b' }, { 'two words': 1 }, many]) {
      const bad = { ...draft('bad'), fields: { accountability: {}, content } };
      await expect(append(ledger, database.dataSource, bad)).rejects.toThrow(failure('malformed_commitment'));
    }
  });

  it('keeps 200 receipts that come at once in one history, all of them provable at any later size', async () => {
    const { ledger, database } = await newLedger();
    const proofs = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        await append(ledger, database.dataSource, draft(`r${i}`));
        return ledger.integrated(`r${i}`);
      }),
    );
    await expectOneHistory(ledger, proofs);
    for (const proof of proofs) {
      const later = await ledger.proofOf(proof.receiptId);
      expect(later).toMatchObject({ size: 200, index: proof.index, entry: proof.entry });
      await verify(later);
      expect(await ledger.proofOf(proof.receiptId, { size: proof.size })).toEqual(proof);
    }
  });

  it('resumes at start what was pending when the process ended', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    const crashed = ledgerOver(dataSource);
    await append(crashed, dataSource, draft('r1'));
    await expect(crashed.integrated('r1')).rejects.toThrow(failure('not_running'));
    const ledger = await startLedger(dataSource);
    await expect.poll(async () => (await ledger.head()).size).toBe(1);
    await verify(await ledger.proofOf('r1'));
  });

  it('finds what another process left pending, without being told', async () => {
    const { ledger, database } = await newLedger();
    const other = await connect(database.url);
    await append(ledgerOver(other), other, draft('r1'));
    await expect.poll(async () => (await ledger.head()).size, { timeout: 5_000 }).toBe(1);
  });

  it('stops after the commit in flight, and goes on at the next start', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    const waiting = ledger.integrated('r1').catch((error: unknown) => error);
    await ledger.stop();
    await waiting;
    await ledger.start();
    await verify(await ledger.integrated('r1'));
  });
});

describe('a log that grows', () => {
  it('beyond full tiles proves every entry and every two sizes, also to a process that just started', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, ...Array.from({ length: 1_300 }, (_, i) => draft(`r${i}`)));
    await ledger.integrated('r1299', { timeoutMs: 20_000 });
    const fresh = ledgerOver(await connect(database.url));
    for (const one of [ledger, fresh]) {
      for (const id of ['r0', 'r255', 'r256', 'r511', 'r1024', 'r1299']) await verify(await one.proofOf(id));
    }
    const { size, root } = await fresh.head();
    expect(size).toBe(1_300);
    const rows = await database.dataSource.query<{ size: string }[]>('select size from log_checkpoint where size > 0');
    expect(rows.length).toBeGreaterThan(2);
    for (const from of rows.map((row) => Number(row.size))) {
      const note = (await fresh.checkpointWithCosignatures(from))?.checkpoint ?? '';
      verifyConsistency({
        from,
        to: size,
        fromRoot: parseCheckpoint(splitNote(note).text).root,
        toRoot: decodeBase64(root),
        proof: (await fresh.consistency(from, size)).map(decodeBase64),
      });
    }
    await fresh.selfCheck();
  });

  it('refuses ranges and receipts that it does not have', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'), draft('r2'));
    await ledger.integrated('r2');
    expect(await ledger.consistency(0, 2)).toEqual([]);
    for (const [from, to] of [
      [1, 3],
      [2, 1],
      [-1, 2],
      [0.5, 2],
    ] as const) {
      await expect(ledger.consistency(from, to)).rejects.toThrow(failure('range_refused'));
      await expect(ledger.entries(from, to)).rejects.toThrow(failure('range_refused'));
    }
    await expect(ledger.proofOf('r3')).rejects.toThrow(failure('receipt_unknown'));
    await expect(ledger.proofOf('r2', { size: 1 })).rejects.toThrow(failure('range_refused'));
    await expect(ledger.proofOf('r2', { size: 3 })).rejects.toThrow(failure('range_refused'));
  });
});

describe('cosignatures', () => {
  it('of known witnesses are kept and handed out with the checkpoint', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    const { checkpoint, size } = await ledger.integrated('r1');
    expect(await ledger.checkpointWithCosignatures()).toBeUndefined();
    const line = cosign(splitNote(checkpoint).text, witness, 1_800_000_000);
    const kept = await ledger.addCosignature({ size, line, witnessVkeys: [witness.vkey] });
    expect(kept).toEqual({ name: 'oversight.example', timeSeconds: 1_800_000_000 });
    expect(await ledger.checkpointWithCosignatures()).toEqual({
      size,
      checkpoint: checkpoint + line,
      witnesses: ['oversight.example'],
    });
  });

  it('over another checkpoint, by a stranger or by the log itself are refused', async () => {
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r1'));
    const { checkpoint, size } = await ledger.integrated('r1');
    const { text } = splitNote(checkpoint);
    const line = cosign(text, witness, 1);
    const witnessVkeys = [witness.vkey];
    await expect(ledger.addCosignature({ size: 0, line, witnessVkeys })).rejects.toThrow(
      failure('note_signature_invalid'),
    );
    await expect(ledger.addCosignature({ size: 7, line, witnessVkeys })).rejects.toThrow(failure('range_refused'));
    await expect(ledger.addCosignature({ size, line, witnessVkeys: [] })).rejects.toThrow(
      failure('cosignature_refused'),
    );
    const self = noteKeyFromSeed('self.example', 'cosignature', new Uint8Array(32).fill(1));
    const own = { size, line: cosign(text, self, 1), witnessVkeys: [self.vkey] };
    await expect(ledger.addCosignature(own)).rejects.toThrow(failure('cosignature_refused'));
    expect(await ledger.checkpointWithCosignatures()).toBeUndefined();
  });
});
