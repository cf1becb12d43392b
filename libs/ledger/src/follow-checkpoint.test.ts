import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { followCheckpoint, type RememberedCheckpoint } from './follow-checkpoint.js';
import { LedgerError } from './ledger-error.js';
import { formatVkey, noteKeyFromSeed, parseVkey } from './note-key.js';
import { consistencyProof, hashRange, nodesOver } from './prove.js';
import { signNote } from './signed-note.js';
import { emptyRoot, leafHash } from './tree-hash.js';

const origin = 'broker.example/ledger';
const log = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(1));
const witness = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(2));
const nodes = nodesOver(Array.from({ length: 10 }, (_, i) => leafHash(Uint8Array.of(i))));
const forkedNodes = nodesOver(Array.from({ length: 10 }, (_, i) => leafHash(Uint8Array.of(i === 2 ? 99 : i))));

const textAt = (size: number, read = nodes) =>
  formatCheckpoint({ origin, size, root: hashRange({ begin: 0, end: size }, read) });
const noteAt = (size: number, read = nodes) => signNote(textAt(size, read), [log]);
const remembered = (size: number): RememberedCheckpoint => ({
  size,
  root: hashRange({ begin: 0, end: size }, nodes),
  note: noteAt(size),
});
const keys = { logVkey: log.vkey, witnessVkeys: [witness.vkey] };
const failure = (code: string) => expect.objectContaining({ code }) as LedgerError;
const nothing = { from: 0, hashes: [] };

describe('a node that remembers a log', () => {
  it('accepts the same checkpoint again', () => {
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: noteAt(4), consistency: nothing });
    expect(verdict).toMatchObject({ outcome: 'accepted', grown: false });
  });

  it('accepts growth that is proven', () => {
    const consistency = { from: 4, hashes: consistencyProof(4, 9, nodes) };
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: noteAt(9), consistency });
    expect(verdict).toMatchObject({ outcome: 'accepted', grown: true, checkpoint: { size: 9 } });
  });

  it('accepts growth from the empty tree, which needs no proof and takes none', () => {
    const stored = { size: 0, root: emptyRoot(), note: noteAt(0) };
    expect(followCheckpoint({ ...keys, stored, note: noteAt(3), consistency: nothing }).outcome).toBe('accepted');
    const consistency = { from: 0, hashes: [emptyRoot()] };
    expect(followCheckpoint({ ...keys, stored, note: noteAt(3), consistency })).toMatchObject({
      outcome: 'refused',
      reason: 'consistency_invalid',
    });
  });

  it('refuses a smaller tree as stale, with both notes (B05)', () => {
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: noteAt(3), consistency: nothing });
    expect(verdict).toEqual({
      outcome: 'refused',
      reason: 'stale',
      evidence: { origin, storedSize: 4, storedNote: noteAt(4), note: noteAt(3) },
    });
  });

  it('calls another root of the same size a split view, with both notes (B04)', () => {
    const forked = noteAt(4, forkedNodes);
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: forked, consistency: nothing });
    expect(verdict).toEqual({
      outcome: 'split_view',
      evidence: { origin, storedSize: 4, storedNote: noteAt(4), note: forked },
    });
  });

  it('refuses a fork that grew, whose proof cannot hold (B04)', () => {
    const consistency = { from: 4, hashes: consistencyProof(4, 9, forkedNodes) };
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: noteAt(9, forkedNodes), consistency });
    expect(verdict).toMatchObject({ outcome: 'refused', reason: 'consistency_invalid', evidence: { storedSize: 4 } });
  });

  it('asks for the proof from the size it remembers where it was sent from another', () => {
    const consistency = { from: 3, hashes: consistencyProof(3, 9, nodes) };
    const verdict = followCheckpoint({ ...keys, stored: remembered(4), note: noteAt(9), consistency });
    expect(verdict).toMatchObject({ outcome: 'refused', reason: 'other_size', evidence: { storedSize: 4 } });
  });

  it('refuses what the log did not sign, whoever else did', () => {
    const stranger = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(7));
    const note = signNote(textAt(9), [stranger]) + cosign(textAt(9), witness, 1);
    const consistency = { from: 4, hashes: consistencyProof(4, 9, nodes) };
    expect(followCheckpoint({ ...keys, stored: remembered(4), note, consistency })).toMatchObject({
      outcome: 'refused',
      reason: 'note_unsigned',
    });
  });
});

describe('on first contact', () => {
  it('one cosignature of a known witness is required', () => {
    const note = noteAt(5);
    expect(followCheckpoint({ ...keys, stored: undefined, note, consistency: nothing })).toMatchObject({
      outcome: 'refused',
      reason: 'first_contact_unwitnessed',
    });
    const witnessed = note + cosign(textAt(5), witness, 1);
    expect(followCheckpoint({ ...keys, stored: undefined, note: witnessed, consistency: nothing })).toMatchObject({
      outcome: 'accepted',
      grown: true,
      checkpoint: { size: 5 },
    });
  });

  it('a proof from somewhere is refused: there is nothing that it could begin at', () => {
    const note = noteAt(5) + cosign(textAt(5), witness, 1);
    const consistency = { from: 4, hashes: consistencyProof(4, 5, nodes) };
    expect(followCheckpoint({ ...keys, stored: undefined, note, consistency })).toMatchObject({
      outcome: 'refused',
      reason: 'consistency_invalid',
    });
  });

  it('a cosignature by a stranger or by the key of the log itself is none', () => {
    const stranger = noteKeyFromSeed('stranger.example', 'cosignature', new Uint8Array(32).fill(8));
    const unknown = noteAt(5) + cosign(textAt(5), stranger, 1);
    expect(followCheckpoint({ ...keys, stored: undefined, note: unknown, consistency: nothing })).toMatchObject({
      reason: 'first_contact_unwitnessed',
    });
    const self = noteKeyFromSeed('self.example', 'cosignature', new Uint8Array(32).fill(1));
    const verdict = followCheckpoint({
      logVkey: log.vkey,
      witnessVkeys: [self.vkey],
      stored: undefined,
      note: noteAt(5) + cosign(textAt(5), self, 1),
      consistency: nothing,
    });
    expect(verdict).toMatchObject({ reason: 'first_contact_unwitnessed' });
  });

  it('a bad line of a known witness condemns the note', () => {
    const note = noteAt(5) + cosign(textAt(6), witness, 1);
    expect(followCheckpoint({ ...keys, stored: undefined, note, consistency: nothing })).toMatchObject({
      reason: 'note_signature_invalid',
    });
  });
});

describe('a checkpoint', () => {
  it('with an empty extension line or a size that is not exact is malformed', () => {
    expect(() => parseCheckpoint(`${textAt(5)}\n`)).toThrow(failure('malformed_checkpoint'));
    for (const size of ['9007199254740993', '05', '0x5', '', '5.0', '+5']) {
      expect(() => parseCheckpoint(textAt(5).replace('\n5\n', `\n${size}\n`))).toThrow(failure('malformed_checkpoint'));
    }
  });

  it('of another origin than its key, with extension lines or with a wrong empty root is refused', () => {
    const misnamed = noteKeyFromSeed('another.example', 'note', new Uint8Array(32).fill(1));
    expect(() => openCheckpoint(signNote(textAt(5), [misnamed]), misnamed.vkey, [])).toThrow(
      failure('checkpoint_invalid'),
    );
    expect(() => openCheckpoint(signNote(`${textAt(5)}more\n`, [log]), log.vkey, [])).toThrow(
      failure('checkpoint_invalid'),
    );
    const empty = formatCheckpoint({ origin, size: 0, root: leafHash(Uint8Array.of()) });
    expect(() => openCheckpoint(signNote(empty, [log]), log.vkey, [])).toThrow(failure('checkpoint_invalid'));
  });

  it('is opened with keys of the right purpose only', () => {
    expect(() => openCheckpoint(noteAt(5), witness.vkey, [])).toThrow(failure('malformed_key'));
    expect(() => openCheckpoint(noteAt(5), log.vkey, [log.vkey])).toThrow(failure('malformed_key'));
    const swapped = formatVkey(origin, 'cosignature', parseVkey(log.vkey).publicBytes);
    expect(() => openCheckpoint(noteAt(5), swapped, [])).toThrow(failure('malformed_key'));
  });
});
