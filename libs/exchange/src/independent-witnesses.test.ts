import { describe, expect, test } from 'vitest';
import { formatVkey, noteKeyFromSeed, parseTlogPolicy } from '#ledger';
import { parseVkey } from '#ledger';
import { countedWitnesses, independentWitnesses, type KnownWitness } from './index.js';

const keyOf = (name: string, seed: number) => noteKeyFromSeed(name, 'cosignature', new Uint8Array(32).fill(seed)).vkey;
const witness = (id: string, seed: number, controllers: string[] = []): KnownWitness => ({
  id,
  url: `${id}/witness`,
  vkeys: [keyOf(`${id}/witness`, seed)],
  controllers: [id, ...controllers],
});
const OWN = keyOf('owner/witness', 99);
const dependent = { controllers: ['broker', 'broker-holding', 'owner'], vkeys: [OWN] };
const ids = (witnesses: readonly KnownWitness[]) => witnesses.map(({ id }) => id);

describe('who is an independent witness of a ledger (B13)', () => {
  test('neither its keeper, nor the owner that releases, nor anybody whom one of the two controls', () => {
    const all = [witness('broker', 1), witness('owner', 2), witness('a', 3, ['broker-holding']), witness('b', 4)];
    expect(ids(independentWitnesses(all, dependent, undefined))).toEqual(['b']);
  });

  test('of several under one controller one alone, and one key under two names once', () => {
    const sameController = [witness('a', 3, ['holding']), witness('b', 4, ['holding']), witness('holding', 5)];
    expect(ids(independentWitnesses(sameController, dependent, undefined))).toEqual(['a']);
    expect(ids(independentWitnesses([witness('a', 3), witness('b', 3)], dependent, undefined))).toEqual(['a']);
  });

  test('no witness under the owner’s own key, whatever name it goes by', () => {
    const { publicBytes } = parseVkey(OWN);
    const copy = { ...witness('a', 3), vkeys: [formatVkey('a/witness', 'cosignature', publicBytes)] };
    expect(independentWitnesses([copy], dependent, undefined)).toEqual([]);
  });

  test('one that publishes no key is none', () => {
    expect(independentWitnesses([{ ...witness('a', 3), vkeys: [] }], dependent, undefined)).toEqual([]);
  });

  test('where the operator has a policy, nobody whom it does not list', () => {
    const policy = parseTlogPolicy(`witness a ${keyOf('a/witness', 3)}\nquorum a\n`);
    expect(ids(independentWitnesses([witness('a', 3), witness('b', 4)], dependent, policy))).toEqual(['a']);
  });
});

describe('how many witnesses a release counts', () => {
  const [a, b, oversight] = [keyOf('a/witness', 3), keyOf('b/witness', 4), keyOf('oversight', 5)];

  test('each witness once, however many of its keys cosigned', () => {
    const cosigned = [
      { id: 'a', vkeys: [a, b] },
      { id: 'a', vkeys: [a] },
    ];
    expect(countedWitnesses(cosigned, OWN, undefined)).toBe(1);
  });

  test('none where the quorum of requester, holder and oversight is not there', () => {
    const policy = parseTlogPolicy(
      [
        `witness requester ${a}`,
        `witness holder ${OWN}`,
        `witness oversight ${oversight}`,
        `witness oversight-too ${b}`,
        'group oversight-any any oversight oversight-too',
        'group pair all requester holder oversight-any',
        'quorum pair',
        '',
      ].join('\n'),
    );
    expect(countedWitnesses([{ id: 'a', vkeys: [a] }], OWN, policy)).toBe(0);
    expect(countedWitnesses([{ id: 'o', vkeys: [oversight] }], OWN, policy)).toBe(0);
    const both = [
      { id: 'a', vkeys: [a] },
      { id: 'o', vkeys: [oversight] },
    ];
    expect(countedWitnesses(both, OWN, policy)).toBe(2);
    expect(countedWitnesses(both, keyOf('other/witness', 7), policy)).toBe(0);
  });
});
