import { describe, expect, it } from 'vitest';
import { LedgerError } from './ledger-error.js';
import { noteKeyFromSeed } from './note-key.js';
import { isQuorum, parseTlogPolicy } from './tlog-policy.js';

const key = (seed: number, name: string, type: 'note' | 'cosignature') =>
  noteKeyFromSeed(name, type, new Uint8Array(32).fill(seed)).vkey;
const log = key(1, 'log.example', 'note');
const [a, b, c] = ['a', 'b', 'c'].map((name, i) => key(10 + i, `${name}.example`, 'cosignature'));
const witnesses = `witness A ${a}\nwitness B ${b}\nwitness C ${c}\n`;
const refused = expect.objectContaining({ code: 'malformed_policy' }) as LedgerError;

describe('a policy', () => {
  it('is read with logs, witnesses, groups, comments and addresses', () => {
    const text = `# who counts\n\n log ${log} https://log.example/\n${witnesses}group two\t2 A B\ngroup all all two C\nquorum all`;
    const policy = parseTlogPolicy(text);
    expect(policy.logs.map(({ key: { vkey }, url }) => [vkey, url])).toEqual([[log, 'https://log.example']]);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    expect(policy.quorum).toBe('all');
  });

  it.each([
    ['all', [a, b, c], true],
    ['all', [a, b], false],
    ['any', [c], true],
    ['any', [], false],
    ['2', [a, c], true],
    ['2', [a], false],
  ])('asks for %s of a group', (threshold, signed, enough) => {
    const policy = parseTlogPolicy(`${witnesses}group g ${threshold} A B C\nquorum g\n`);
    expect(isQuorum(policy, new Set(signed.map((vkey) => vkey ?? '')))).toBe(enough);
  });

  it('counts a witness by its key, and a key that is not listed not at all', () => {
    const policy = parseTlogPolicy(`witness A ${a}\nquorum A\n`);
    expect(isQuorum(policy, new Set([b ?? '']))).toBe(false);
    expect(isQuorum(parseTlogPolicy('quorum none'), new Set())).toBe(true);
  });

  it.each([
    ['no quorum', witnesses],
    ['two quorums', `${witnesses}quorum A\nquorum A\n`],
    ['a quorum that comes later', `quorum A\n${witnesses}`],
    ['a group that comes later', `${witnesses}group g any h\ngroup h any A\nquorum g\n`],
    ['a member of two groups', `${witnesses}group g any A\ngroup h any A B\nquorum h\n`],
    ['a member twice', `${witnesses}group g 2 A A\nquorum g\n`],
    ['none as a member', `${witnesses}group g any none\nquorum g\n`],
    ['a name twice', `witness A ${a}\nwitness A ${b}\nquorum A\n`],
    ['one key under two names', `witness A ${a}\nwitness B ${key(10, 'other.example', 'cosignature')}\nquorum A\n`],
    ['one log twice', `log ${log}\nlog ${key(1, 'other.example', 'note')}\nquorum none\n`],
    ['a threshold of nothing', `${witnesses}group g 0 A\nquorum g\n`],
    ['a threshold above the members', `${witnesses}group g 3 A B\nquorum g\n`],
    ['a threshold with a leading zero', `${witnesses}group g 01 A\nquorum g\n`],
    ['a group of nobody', `${witnesses}group g all\nquorum g\n`],
    ['the key of a log as a witness', `witness A ${log}\nquorum A\n`],
    ['the key of a witness as a log', `log ${a}\nquorum none\n`],
    ['a carriage return', `quorum none\r\n`],
    ['a comment behind a line', `quorum none # nobody\n`],
    ['an unknown line', `policy 1\nquorum none\n`],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(() => parseTlogPolicy(text)).toThrow(refused);
  });
});
