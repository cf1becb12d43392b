import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.js';
import { unzipEvidence, zipEvidence } from './evidence-zip.js';

const files = new Map([
  ['README.txt', strToU8('read me')],
  ['evidence.json', strToU8('{"v":1}\n')],
  ['report.html', strToU8('<!doctype html>')],
  ['receipts/0-3.jwt', strToU8('a.b.c')],
  ['manifest.json', strToU8('{}')],
]);
const archive = zipEvidence(files);
const refused = expect.objectContaining({ code: 'unverified' }) as CliError;
const stored = { level: 0, mtime: new Date(1980, 0, 1), os: 0, attrs: 0 } as const;
const zipOf = (entries: Record<string, Uint8Array | [Uint8Array, object]>) =>
  zipSync(
    Object.fromEntries(
      Object.entries(entries).map(([name, given]) => [name, Array.isArray(given) ? given : [given, stored]]),
    ) as Zippable,
  );
const some = strToU8('{}');

/** `bytes` with the text `from` replaced by `to`, of one length, wherever it stands. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1'));
}

describe('a bundle (W22)', () => {
  it('is the same bytes whenever it is made, and gives back what went in', () => {
    expect(zipEvidence(files)).toEqual(archive);
    expect(new Map([...unzipEvidence(archive)].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]))).toEqual(
      new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
    );
  });

  it.each([
    ['a path that climbs out', zipOf({ '../evidence.json': some })],
    ['a path that climbs out below a folder', zipOf({ 'receipts/../../x.jwt': some })],
    ['an absolute path', zipOf({ '/etc/passwd': some })],
    ['a path of another system', zipOf({ 'receipts\\0-1.jwt': some })],
    ['another case of a name', zipOf({ 'Evidence.json': some })],
    ['a name for the prototype', renamed(zipOf({ prototype: some }), 'prototype', '__proto__')],
    ['a folder', zipOf({ 'receipts/': new Uint8Array() })],
    [
      'one name twice',
      renamed(zipOf({ 'evidence.json': some, 'evidence.jsop': some }), 'evidence.jsop', 'evidence.json'),
    ],
    ['a symbolic link', zipOf({ 'evidence.json': [some, { ...stored, os: 3, attrs: 0o120777 << 16 }] })],
    ['a compressed file', zipOf({ 'evidence.json': [new Uint8Array(20_000_000), { level: 9 }] })],
    ['another time', zipOf({ 'evidence.json': [some, { ...stored, mtime: new Date(2026, 1, 1) }] })],
    ['a comment', zipOf({ 'evidence.json': [some, { ...stored, comment: 'more' }] })],
    ['an extra field', zipOf({ 'evidence.json': [some, { ...stored, extra: { 0x7075: some } }] })],
    ['bytes behind it', new Uint8Array([...archive, 0])],
    ['bytes before it', new Uint8Array([0, ...archive])],
    ['half of it', archive.subarray(0, archive.length / 2)],
    ['no archive', strToU8('not a zip')],
    ['nothing', new Uint8Array()],
  ])('with %s is refused', (_, hostile) => {
    expect(() => unzipEvidence(hostile)).toThrow(refused);
  });

  it('that claims ten thousand megabytes is refused before any of them is made', () => {
    const bomb = Buffer.from(zipOf({ 'evidence.json': [new Uint8Array(1_000_000), { level: 9 }] }));
    const directory = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bomb.writeUInt32LE(0xf000_0000, directory + 24);
    expect(() => unzipEvidence(new Uint8Array(bomb))).toThrow(refused);
  });

  it('is refused with any one byte of it changed', () => {
    for (let at = 0; at < archive.length; at += 1) {
      const changed = new Uint8Array(archive);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => unzipEvidence(changed), `byte ${at}`).toThrow(refused);
    }
  });
});
