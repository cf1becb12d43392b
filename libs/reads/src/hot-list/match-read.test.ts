import { describe, expect, it } from 'vitest';
import { anEntry } from './hot-list.fixture.js';
import { matchRead, platesToLookUp } from './match-read.js';

const read = (plate: string, plateState: string | undefined = 'WA', nonPlate = false) => ({
  plate,
  nonPlate,
  ...(plateState === undefined ? {} : { plateState }),
});

describe('a read', () => {
  it('that says what a list says is a hit', () => {
    expect(matchRead(read('7ABC123'), [anEntry()])).toMatchObject([{ match: 'exact', stateUnknown: false }]);
  });

  it('of another state is no hit', () => {
    expect(matchRead(read('7ABC123', 'OR'), [anEntry()])).toEqual([]);
  });

  it('whose camera tells no state is a hit that a person has to look at for the state', () => {
    expect(matchRead({ plate: '7ABC123', nonPlate: false }, [anEntry()])).toMatchObject([{ stateUnknown: true }]);
  });

  it('with a 7 for a 2 is unverified, as before the Kansas stop of 2014', () => {
    const listed = anEntry({ plate: '2ABC123' });
    expect(platesToLookUp(read('7ABC123'))).toContain('2ABC123');
    expect(matchRead(read('7ABC123'), [listed])).toMatchObject([{ match: 'look_alike' }]);
  });

  it('is never more than unverified where the same case is listed with 0 and with O, as Colorado lists both', () => {
    const [zero, letter] = [anEntry({ plate: 'ABC0', record: '1' }), anEntry({ plate: 'ABCO', record: '2' })];
    for (const plate of ['ABC0', 'ABCO']) {
      const found = matchRead(read(plate), [zero, letter]);
      expect(found.map(({ match }) => match)).toEqual(['look_alike', 'look_alike']);
    }
    // Two cases are two vehicles: neither spelling is put in doubt by the other.
    const other = anEntry({ plate: 'ABCO', record: '2', caseNumber: '26-0002' });
    expect(matchRead(read('ABC0'), [zero, other]).map(({ match }) => match)).toEqual(['exact', 'look_alike']);
  });

  it('that differs in two characters is none', () => {
    expect(matchRead(read('7ABC123'), [anEntry({ plate: '2ABC128' })])).toEqual([]);
  });

  it('of a word on a sign is never compared', () => {
    const sign = read('STOP', 'WA', true);
    expect(platesToLookUp(sign)).toEqual([]);
    expect(matchRead(sign, [anEntry({ plate: 'STOP' })])).toEqual([]);
  });
});
