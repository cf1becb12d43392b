import { describe, expect, it } from 'vitest';
import { NOW } from './hot-list.fixture.js';
import {
  CONFIRMED_FOR_MS,
  actRefusals,
  checkSeen,
  isFalseHit,
  judge,
  misreadPairs,
  type Seen,
  type Verification,
} from './verification.js';

const SEEN: Seen = { plate: '7ABC123', plateState: 'WA', vehicle: 'same', stillListed: true };
const CLAIMED = { plate: '7ABC123', plateState: 'WA', vehicle: { make: 'Ford' } };

describe('what a person sees in the image', () => {
  it('confirms where plate, state and vehicle are those of the list', () => {
    expect(judge(SEEN, CLAIMED)).toBe('confirmed');
  });

  it('is a misread where the image shows a 2 and the camera read a 7 (Kansas 2014)', () => {
    expect(judge({ ...SEEN, plate: '2abc 123' }, CLAIMED)).toBe('misread');
    expect(misreadPairs('7ABC123', '2ABC123')).toEqual([{ read: '7', seen: '2' }]);
    expect(misreadPairs('7ABC123', '7ABC12')).toEqual([]);
  });

  it.each([
    [{ plateState: 'OR' }, 'wrong_state'],
    [{ plateState: 'unreadable' }, 'wrong_state'],
    [{ vehicle: 'different' }, 'wrong_vehicle'],
    [{ vehicle: 'unreadable' }, 'wrong_vehicle'],
    [{ vehicle: 'not_listed' }, 'wrong_vehicle'],
    [{ stillListed: false }, 'stale'],
  ] as [Partial<Seen>, string][])('with %j confirms nothing: %s', (change, result) => {
    expect(judge({ ...SEEN, ...change }, CLAIMED)).toBe(result);
  });

  it('needs a state that somebody could read where the list names none', () => {
    const claimed = { plate: '7ABC123' };
    expect(judge({ ...SEEN, plateState: 'unreadable', vehicle: 'not_listed' }, claimed)).toBe('wrong_state');
    expect(judge({ ...SEEN, plateState: 'OR', vehicle: 'not_listed' }, claimed)).toBe('confirmed');
    expect(judge({ ...SEEN, vehicle: 'different' }, claimed)).toBe('wrong_vehicle');
  });

  it('is refused where it is no plate, no state or no word for a vehicle', () => {
    expect(() => checkSeen({ ...SEEN, plate: '7ABC%' })).toThrow();
    expect(() => checkSeen({ ...SEEN, plateState: 'Washington' })).toThrow();
    expect(() => checkSeen({ ...SEEN, vehicle: 'maybe' as 'same' })).toThrow();
  });
});

const by = (person: string, result: Verification['result'] = 'confirmed', at = NOW - 60_000) => ({
  by: person,
  result,
  at,
});
const refusals = (verifications: Verification[], change = {}, action: 'stop' | 'contact' = 'contact') =>
  actRefusals(action, { verifications, listed: true, fresh: true, now: NOW, ...change });

describe('acting on a hit (law 9)', () => {
  it('is refused while nobody has verified', () => {
    expect(refusals([])).toEqual(['not_verified']);
    expect(refusals([], {}, 'stop')).toEqual(['not_verified']);
  });

  it('needs one person, and for a stop a second, different one', () => {
    expect(refusals([by('a')])).toEqual([]);
    expect(refusals([by('a')], {}, 'stop')).toEqual(['second_person_needed']);
    expect(refusals([by('a'), by('a')], {}, 'stop')).toEqual(['second_person_needed']);
    expect(refusals([by('a'), by('b')], {}, 'stop')).toEqual([]);
  });

  it('ends with one look that says otherwise, however many confirm', () => {
    expect(refusals([by('a'), by('b'), by('c', 'wrong_vehicle')], {}, 'stop')).toEqual(['contradicted']);
  });

  it('needs a confirmation of the moment, and both for a stop', () => {
    const old = NOW - CONFIRMED_FOR_MS - 1;
    expect(refusals([by('a', 'confirmed', old)])).toEqual(['confirmation_too_old']);
    expect(refusals([by('a', 'confirmed', old), by('b')], {}, 'stop')).toEqual(['second_person_needed']);
    expect(refusals([by('a', 'confirmed', NOW + 1)])).toEqual(['confirmation_too_old']);
  });

  it('is refused where the entry is gone or its list is stale, whoever confirmed', () => {
    expect(refusals([by('a')], { listed: false, fresh: false })).toEqual(['entry_gone']);
    expect(refusals([by('a')], { fresh: false })).toEqual(['list_stale']);
  });

  it('counts as false where any look or the outcome says so', () => {
    expect(isFalseHit(['confirmed', 'misread'], undefined)).toBe(true);
    expect(isFalseHit(['confirmed'], 'wrong_vehicle')).toBe(true);
    expect(isFalseHit(['confirmed'], 'right_vehicle')).toBe(false);
  });
});
