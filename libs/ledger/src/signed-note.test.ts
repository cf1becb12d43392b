import { describe, expect, it } from 'vitest';
import { cosign, verifyCosignature } from './cosignature.js';
import { LedgerError } from './ledger-error.js';
import { formatVkey, noteKeyFromJwk, noteKeyFromSeed, parseVkey } from './note-key.js';
import { openNote, signNote } from './signed-note.js';

const log = noteKeyFromSeed('log.example', 'note', new Uint8Array(32).fill(1));
const other = noteKeyFromSeed('other.example', 'note', new Uint8Array(32).fill(2));
const witness = noteKeyFromSeed('witness.example', 'cosignature', new Uint8Array(32).fill(3));
const failure = (code: string) => expect.objectContaining({ code }) as LedgerError;
const text = 'a text\n\nwith a blank line\n';

describe('a signed note', () => {
  it('ends its text at the last blank line', () => {
    expect(openNote(signNote(text, [log]), [log.vkey]).text).toBe(text);
  });

  it('is refused whole where one trusted key fails, however many others are good', () => {
    const forged = other.sign(Buffer.from('another text'));
    const line = signNote(text, [other]).split('\n').at(-2) ?? '';
    const bad = Buffer.concat([Buffer.from(line.split(' ')[2] ?? '', 'base64').subarray(0, 4), forged]).toString(
      'base64',
    );
    const note = `${signNote(text, [log])}— other.example ${bad}\n`;
    expect(openNote(note, [log.vkey]).unknownLines).toBe(1);
    expect(() => openNote(note, [log.vkey, other.vkey])).toThrow(failure('note_signature_invalid'));
  });

  it('is refused where a trusted key signed well and badly', () => {
    const bad = signNote('another text\n', [log]).split('\n').at(-2);
    expect(() => openNote(`${signNote(text, [log])}${bad}\n`, [log.vkey])).toThrow(failure('note_signature_invalid'));
  });

  it('counts a key once, however often it signed', () => {
    expect(openNote(signNote(text, [log, log]), [log.vkey]).signatures).toHaveLength(1);
  });

  it('larger than a million characters is not looked at', () => {
    const large = signNote(`${'a'.repeat(1_000_000)}\n`, [log]);
    expect(() => openNote(large, [log.vkey])).toThrow(failure('malformed_note'));
  });

  it('proves nothing by keys that were not given', () => {
    expect(() => openNote(signNote(text, [log]), [other.vkey])).toThrow(failure('note_unsigned'));
    expect(() => openNote(signNote(text, [log]), [])).toThrow(failure('note_unsigned'));
  });

  it('keeps a byte order mark, which was signed', () => {
    const marked = Buffer.from(signNote('\uFEFFa text\n', [log]));
    expect(openNote(marked, [log.vkey]).text).toBe('\uFEFFa text\n');
  });

  it.each([
    ['a carriage return', `a text\r\n\n— log.example AAAAAAAA\n`],
    ['a lone surrogate', `a text \ud800\n\n— log.example AAAAAAAA\n`],
    ['a hyphen for the dash', `a text\n\n- log.example AAAAAAAA\n`],
    ['a name with a plus', `a text\n\n— log+example AAAAAAAA\n`],
    ['a name with a next-line character', `a text\n\n— log\u0085example AAAAAAAA\n`],
    ['a signature of four bytes', `a text\n\n— log.example AAAAAA==\n`],
    ['two spaces', `a text\n\n— log.example  AAAAAAAA\n`],
    ['stray trailing bits', `a text\n\n— log.example AAAAAAB=\n`],
  ])('is refused with %s', (_, note) => {
    expect(() => openNote(note, [log.vkey])).toThrow(failure('malformed_note'));
  });

  it('is signed by note keys only', () => {
    expect(() => signNote(text, [witness])).toThrow(failure('malformed_key'));
  });
});

describe('a verification key', () => {
  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('of small order is refused (J13): %s', (point) => {
    expect(() => formatVkey('log.example', 'note', new Uint8Array(Buffer.from(point, 'hex')))).toThrow(
      expect.objectContaining({ code: 'malformed_key', message: 'a point of small order' }) as LedgerError,
    );
  });

  it('has another id for another purpose, so that one is never taken for the other', () => {
    const { publicBytes } = parseVkey(log.vkey);
    const asWitness = formatVkey(log.name, 'cosignature', publicBytes);
    expect(parseVkey(asWitness).keyId).not.toBe(log.keyId);
    expect(() => openNote(signNote(text, [log]), [asWitness])).toThrow(failure('note_unsigned'));
  });

  it('is read from a private JWK only where both halves fit', () => {
    const d = Buffer.alloc(32, 1).toString('base64url');
    const x = Buffer.from(parseVkey(log.vkey).publicBytes).toString('base64url');
    expect(noteKeyFromJwk('log.example', 'note', { kty: 'OKP', crv: 'Ed25519', d, x }).vkey).toBe(log.vkey);
    const strange = Buffer.from(parseVkey(other.vkey).publicBytes).toString('base64url');
    expect(() => noteKeyFromJwk('log.example', 'note', { kty: 'OKP', crv: 'Ed25519', d, x: strange })).toThrow(
      failure('malformed_key'),
    );
    expect(() => noteKeyFromJwk('log.example', 'note', { kty: 'EC', crv: 'P-256', d, x })).toThrow(
      failure('malformed_key'),
    );
  });
});

describe('a cosignature', () => {
  const line = cosign(text, witness, 1_700_000_000);

  it('verifies beside the signature of the log, and states its time', () => {
    const opened = openNote(signNote(text, [log]) + line, [log.vkey, witness.vkey]);
    expect(opened.signatures.map(({ key, timeSeconds }) => [key.name, timeSeconds])).toEqual([
      ['log.example', undefined],
      ['witness.example', 1_700_000_000],
    ]);
    expect(verifyCosignature(text, line, witness.vkey)).toEqual({ timeSeconds: 1_700_000_000 });
  });

  it('fails over another text and with another time', () => {
    expect(() => verifyCosignature(`${text}more\n`, line, witness.vkey)).toThrow(failure('note_signature_invalid'));
    const blob = Buffer.from(line.trimEnd().split(' ')[2] ?? '', 'base64');
    blob.writeUInt8(blob.readUInt8(11) ^ 1, 11);
    expect(() => verifyCosignature(text, `— witness.example ${blob.toString('base64')}\n`, witness.vkey)).toThrow(
      failure('note_signature_invalid'),
    );
  });

  it('of another key is refused by name', () => {
    const stranger = noteKeyFromSeed('witness.example', 'cosignature', new Uint8Array(32).fill(9));
    expect(() => verifyCosignature(text, line, stranger.vkey)).toThrow(failure('cosignature_refused'));
    expect(() => verifyCosignature(text, line, log.vkey)).toThrow(failure('malformed_key'));
    expect(() => cosign(text, log, 1)).toThrow(failure('malformed_key'));
  });
});
