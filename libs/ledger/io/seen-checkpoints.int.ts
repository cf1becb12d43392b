import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock } from '../../../test/support/fakes.js';
import {
  LedgerError,
  consistencyProof,
  cosign,
  encodeBase64,
  formatCheckpoint,
  hashRange,
  leafHash,
  nodesOver,
  noteKeyFromSeed,
  signNote,
  verifyCosignature,
  type LedgerErrorCode,
} from '../src/index.js';
import { SeenCheckpoints, type ShownCheckpoint } from './seen-checkpoints.js';

const origin = 'broker.example/ledger';
const log = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(1));
const oversight = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(2));
const own = noteKeyFromSeed('agency.example', 'cosignature', new Uint8Array(32).fill(3));
const nodes = nodesOver(Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i))));
const forked = nodesOver(Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i === 1 ? 99 : i))));

const textAt = (size: number, read = nodes) =>
  formatCheckpoint({ origin, size, root: hashRange({ begin: 0, end: size }, read) });
const noteAt = (size: number, read = nodes) => signNote(textAt(size, read), [log]);
const proof = (from: number, to: number, read = nodes) => consistencyProof(from, to, read).map(encodeBase64);

function shown(from: number, size: number, read = nodes): ShownCheckpoint {
  const consistency = { from, hashes: from === 0 ? [] : proof(from, size, read) };
  const note = noteAt(size, read) + (from === 0 ? cosign(textAt(size, read), oversight, 1) : '');
  return { origin, note, logVkey: log.vkey, witnessVkeys: [oversight.vkey], consistency };
}
const failure = (code: LedgerErrorCode, evidence: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, evidence: expect.objectContaining(evidence) }) as LedgerError;

async function seen() {
  const { dataSource } = await createTestDatabase('ledger');
  return new SeenCheckpoints({ dataSource, clock: fakeClock(1_800_000_000_500) });
}

describe('a node that remembers the checkpoints of others', () => {
  it('follows a log from a witnessed first contact on', async () => {
    const checkpoints = await seen();
    expect(await checkpoints.get(origin)).toBeUndefined();
    await expect(checkpoints.accept({ ...shown(0, 3), note: noteAt(3) })).rejects.toThrow(
      failure('first_contact_unwitnessed'),
    );
    expect(await checkpoints.accept(shown(0, 3))).toMatchObject({ origin, size: 3 });
    await checkpoints.accept(shown(3, 9));
    expect(await checkpoints.get(origin)).toMatchObject({ size: 9, note: noteAt(9) });
    await checkpoints.accept({ ...shown(3, 9), consistency: { from: 9, hashes: [] } });
    expect((await checkpoints.get(origin))?.size).toBe(9);
  });

  it('refuses an old checkpoint, and asks for a proof from the size it remembers (B05)', async () => {
    const checkpoints = await seen();
    await checkpoints.accept(shown(0, 9));
    await expect(checkpoints.accept(shown(3, 8))).rejects.toThrow(failure('stale', { storedSize: 9 }));
    await expect(checkpoints.accept(shown(3, 12))).rejects.toThrow(failure('other_size', { storedSize: 9 }));
    expect((await checkpoints.get(origin))?.size).toBe(9);
  });

  it('keeps both notes of a split view as evidence, once, and remembers what it saw first (B04)', async () => {
    const checkpoints = await seen();
    await checkpoints.accept(shown(0, 9));
    const fork = { ...shown(9, 9, forked), consistency: { from: 9, hashes: [] } };
    for (let again = 0; again < 2; again += 1) {
      await expect(checkpoints.accept(fork)).rejects.toThrow(
        failure('split_view', { storedNote: shown(0, 9).note, note: noteAt(9, forked) }),
      );
    }
    expect(await checkpoints.splitViews(origin)).toEqual([
      { origin, storedNote: shown(0, 9).note, shownNote: noteAt(9, forked), foundMs: 1_800_000_000_500 },
    ]);
    await expect(checkpoints.accept(shown(9, 20, forked))).rejects.toThrow(failure('consistency_invalid'));
    await checkpoints.accept(shown(9, 20));
  });

  it('does not take the checkpoint of one log for that of another', async () => {
    const checkpoints = await seen();
    await expect(checkpoints.accept({ ...shown(0, 3), origin: 'other.example' })).rejects.toThrow(
      failure('checkpoint_invalid'),
    );
    expect(await checkpoints.get('other.example')).toBeUndefined();
  });

  it('never goes back where many checkpoints arrive at once', async () => {
    const checkpoints = await seen();
    await checkpoints.accept(shown(0, 2));
    const sizes = Array.from({ length: 30 }, (_, i) => i + 3);
    const outcomes = await Promise.allSettled(sizes.map((size) => checkpoints.accept(shown(2, size))));
    const accepted = sizes.filter((_, i) => outcomes[i]?.status === 'fulfilled');
    expect(accepted.length).toBe(1);
    expect((await checkpoints.get(origin))?.size).toBe(accepted[0]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(['stale', 'other_size']).toContain((outcome.reason as LedgerError).code);
    }
  });

  it('measures against what another process accepted meanwhile, and never undoes it (B04, B05)', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    const [one, other] = [0, 1].map(() => new SeenCheckpoints({ dataSource, clock: fakeClock(1_800_000_000_500) }));
    if (one === undefined || other === undefined) throw new Error('two are needed');
    await one.accept(shown(0, 3));
    await other.accept(shown(3, 9));
    expect((await one.get(origin))?.size).toBe(3);
    // Grown against its own memory, refused against what is stored; and so for a history that parts after it.
    await expect(one.accept(shown(3, 8))).rejects.toThrow(failure('stale', { storedSize: 9 }));
    await other.accept(shown(9, 12));
    await expect(one.accept(shown(3, 14))).rejects.toThrow(failure('other_size', { storedSize: 12 }));
    await other.accept(shown(12, 14));
    await expect(one.accept(shown(14, 16))).resolves.toMatchObject({ size: 16 });
    await expect(other.accept(shown(14, 16, forked))).rejects.toThrow(failure('split_view', { storedSize: 16 }));
    await expect(other.cosign(noteAt(14), own)).rejects.toThrow(failure('not_accepted', { storedSize: 16 }));
    expect((await other.get(origin))?.size).toBe(16);
    await dataSource.query('delete from seen_checkpoint');
    await expect(one.accept(shown(16, 20))).rejects.toThrow(failure('other_size', { storedSize: 0 }));
    await expect(one.accept(shown(0, 5))).resolves.toMatchObject({ size: 5 });
  });

  it('shows one of two first contacts at once that the other came before', async () => {
    const checkpoints = await seen();
    const outcomes = await Promise.allSettled([
      checkpoints.accept(shown(0, 5)),
      checkpoints.accept({ ...shown(0, 5, forked), consistency: { from: 0, hashes: [] } }),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'split_view' } });
  });

  it('confirms a checkpoint that was overtaken where it is a beginning of the remembered one', async () => {
    const checkpoints = await seen();
    const earlier = (size: number, read = nodes) => ({
      origin,
      note: noteAt(size, read),
      logVkey: log.vkey,
      consistency: { to: 20, hashes: size < 20 ? proof(size, 20, read) : [] },
    });
    await expect(checkpoints.confirmEarlier(earlier(7))).rejects.toThrow(failure('not_accepted'));
    await checkpoints.accept(shown(0, 20));
    expect((await checkpoints.confirmEarlier(earlier(7))).size).toBe(7);
    expect((await checkpoints.confirmEarlier(earlier(20))).size).toBe(20);
    await expect(checkpoints.confirmEarlier(earlier(7, forked))).rejects.toThrow(failure('consistency_invalid'));
    await expect(checkpoints.confirmEarlier(earlier(20, forked))).rejects.toThrow(failure('split_view'));
    await expect(checkpoints.confirmEarlier(earlier(21))).rejects.toThrow(failure('other_size'));
    expect(await checkpoints.splitViews(origin)).toHaveLength(1);
  });

  it('cosigns the largest checkpoint that it accepted, and no other', async () => {
    const checkpoints = await seen();
    await expect(checkpoints.cosign(noteAt(3), own)).rejects.toThrow(failure('not_accepted'));
    await checkpoints.accept(shown(0, 3));
    const line = await checkpoints.cosign(noteAt(3), own);
    expect(verifyCosignature(textAt(3), line, own.vkey)).toEqual({ timeSeconds: 1_800_000_000 });
    await checkpoints.accept(shown(3, 9));
    await expect(checkpoints.cosign(noteAt(3), own)).rejects.toThrow(failure('not_accepted', { storedSize: 9 }));
    await expect(checkpoints.cosign(noteAt(9, forked), own)).rejects.toThrow(failure('not_accepted'));
  });
});
