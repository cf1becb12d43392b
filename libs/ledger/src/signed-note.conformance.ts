import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { LedgerError } from './ledger-error.js';
import { noteKeyFromSeed, parseVkey } from './note-key.js';
import { openNote, signNote } from './signed-note.js';

// Vectors of golang/mod, C2SP and transparency-dev/formats; the folder lies beside the checkout and may be absent.
const folder = new URL('../../../../shared/data/tlog/', import.meta.url);
const present = existsSync(folder);
function vectors(name: string): unknown {
  return JSON.parse(present ? readFileSync(new URL(name, folder), 'utf8') : '{}');
}

interface SignedNotes {
  vkeys?: { vkey: string; ok: boolean; why?: string }[];
  sign?: { testOnlySkey: string; text: string; want: string }[];
  open?: { name: string; keys: string[]; msg: string; verified?: string[]; unverified?: number; err?: boolean }[];
}
const notes = vectors('signed-note.json') as SignedNotes;

describe.skipIf(!present)('signed notes of golang.org/x/mod and C2SP', () => {
  it.each(notes.vkeys ?? [])('vkey $vkey: $ok', ({ vkey, ok }) => {
    if (ok) expect(parseVkey(vkey).vkey).toBe(vkey);
    else expect(() => parseVkey(vkey)).toThrow(expect.objectContaining({ code: 'malformed_key' }) as LedgerError);
  });

  it('refuse every part of a vkey and every vkey with one byte changed', () => {
    const vkey = notes.vkeys?.[0]?.vkey ?? '';
    let refused = 0;
    const refuse = (mangled: string) => {
      expect(() => parseVkey(mangled), mangled).toThrow(LedgerError);
      refused += 1;
    };
    for (let start = 0; start < vkey.length; start += 1) {
      for (let end = start; end <= vkey.length; end += 1) {
        if (end - start < vkey.length) refuse(vkey.slice(start, end));
      }
    }
    for (let at = 0; at < vkey.length; at += 1) {
      refuse(vkey.slice(0, at) + String.fromCharCode(vkey.charCodeAt(at) + 1) + vkey.slice(at + 1));
    }
    expect(refused).toBeGreaterThan(2_276);
  });

  it.each(notes.sign ?? [])('signing gives the same bytes', ({ testOnlySkey, text, want }) => {
    const [, , name, , ...key] = testOnlySkey.split('+');
    const seed = new Uint8Array(Buffer.from(key.join('+'), 'base64').subarray(1));
    expect(signNote(text, [noteKeyFromSeed(name ?? '', 'note', seed)])).toBe(want);
  });

  it.each(notes.open ?? [])('open: $name', ({ keys, msg, verified, unverified, err }) => {
    const note = new Uint8Array(Buffer.from(msg, 'base64'));
    if (err) {
      expect(() => openNote(note, keys)).toThrow(LedgerError);
      return;
    }
    const opened = openNote(note, keys);
    expect(opened.signatures.map(({ key }) => key.name)).toEqual(verified);
    // Upstream counts each unknown signature once; a repeated line of an unknown key is a line here.
    expect(opened.unknownLines).toBeGreaterThanOrEqual(unverified ?? 0);
  });
});

interface Checkpoints {
  ok?: { text: string; origin: string; size: string; extensions?: number }[];
  bad?: { text: string; why: string }[];
  lenientUpstream?: { text: string }[];
}
const checkpoints = vectors('checkpoint-parse.json') as Checkpoints;

describe.skipIf(!present)('checkpoints of transparency-dev/formats and torchwood', () => {
  it.each(checkpoints.ok ?? [])('are read: $origin', ({ text, origin, size, extensions }) => {
    const checkpoint = parseCheckpoint(text);
    expect(checkpoint).toMatchObject({ origin, size: Number(size) });
    expect(checkpoint.extensions.length).toBe(extensions ?? 0);
    if (extensions === undefined) expect(formatCheckpoint(checkpoint)).toBe(text);
  });

  it.each([...(checkpoints.bad ?? []), ...(checkpoints.lenientUpstream ?? [])])('are refused: $text', ({ text }) => {
    expect(() => parseCheckpoint(text)).toThrow(
      expect.objectContaining({ code: 'malformed_checkpoint' }) as LedgerError,
    );
  });
});
