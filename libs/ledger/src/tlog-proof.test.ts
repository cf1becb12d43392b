import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { LedgerError, type LedgerErrorCode } from './ledger-error.js';
import { noteKeyFromSeed } from './note-key.js';
import { hashRange, inclusionProof, nodesOver } from './prove.js';
import { signNote } from './signed-note.js';
import { parseTlogPolicy } from './tlog-policy.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.js';
import { leafHash } from './tree-hash.js';

const log = noteKeyFromSeed('log.example', 'note', new Uint8Array(32).fill(1));
const witness = noteKeyFromSeed('witness.example', 'cosignature', new Uint8Array(32).fill(2));
const entries = Array.from({ length: 300 }, (_, i) => Buffer.from(`entry ${i}`));
const read = nodesOver(entries.map(leafHash));
const text = formatCheckpoint({ origin: log.name, size: 300, root: hashRange({ begin: 0, end: 300 }, read) });
const checkpoint = signNote(text, [log]) + cosign(text, witness, 1_795_305_600);
const proof = formatTlogProof({ index: 77, inclusion: inclusionProof(77, 300, read), checkpoint });
const policy = parseTlogPolicy(`log ${log.vkey}\nwitness w ${witness.vkey}\nquorum w\n`);
const entry = entries[77] ?? Buffer.alloc(0);
const failure = (code: LedgerErrorCode) => expect.objectContaining({ code }) as LedgerError;

describe('a proof of a log', () => {
  it('is one text from which the entry is proven offline under a policy', () => {
    expect(proof.startsWith('c2sp.org/tlog-proof@v1\nindex 77\n')).toBe(true);
    expect(verifyTlogProof({ proof, entry, policy })).toMatchObject({ index: 77, size: 300, origin: 'log.example' });
  });

  it('may carry more, which nothing signs', () => {
    const extra = Buffer.from('beside');
    const carried = formatTlogProof({ ...parseTlogProof(proof), extra });
    expect(carried.split('\n')[1]).toBe('extra YmVzaWRl');
    expect(Buffer.from(parseTlogProof(carried).extra ?? [])).toEqual(extra);
    expect(verifyTlogProof({ proof: carried, entry, policy }).index).toBe(77);
  });

  it('proves nothing about other bytes', () => {
    const other = Buffer.from('entry 78');
    expect(() => verifyTlogProof({ proof, entry: other, policy })).toThrow(failure('inclusion_invalid'));
  });

  it('B06: does not verify with any one byte of it changed, nor of its entry', () => {
    const bytes = Buffer.from(proof);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const mutated = changed.toString('utf8');
      expect(() => verifyTlogProof({ proof: mutated, entry, policy }), `byte ${at}`).toThrow(LedgerError);
    }
    for (let at = 0; at < entry.length; at += 1) {
      const changed = Buffer.from(entry);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => verifyTlogProof({ proof, entry: changed, policy })).toThrow(failure('inclusion_invalid'));
    }
  });

  it('without the quorum, or of another log, is refused', () => {
    const alone = formatTlogProof({ ...parseTlogProof(proof), checkpoint: signNote(text, [log]) });
    expect(() => verifyTlogProof({ proof: alone, entry, policy })).toThrow(failure('quorum_missing'));
    const elsewhere = parseTlogPolicy('quorum none');
    expect(() => verifyTlogProof({ proof, entry, policy: elsewhere })).toThrow(failure('log_unknown'));
  });

  it.each([
    ['an empty text', ''],
    ['another first line', proof.replace('@v1', '@v2')],
    ['an index with a leading zero', proof.replace('index 77', 'index 077')],
    ['no index', proof.replace('index 77\n', '')],
    ['a hash that is not base64', proof.replace(/index 77\n./, 'index 77\n*')],
    ['an empty line too early', proof.replace('index 77\n', 'index 77\n\n')],
  ])('with %s is refused', (_, changed) => {
    expect(() => verifyTlogProof({ proof: changed, entry, policy })).toThrow(LedgerError);
  });
});
