import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { capturedAt, instantOf } from './local-time.js';
import { refusalOf } from './refusal.fixture.js';

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;

const serverZone = process.env['TZ'];
afterEach(() => {
  if (serverZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = serverZone;
});

/**
 * The slow, obvious way: asks of every instant within 15 hours what the zone's clock showed. Offsets since 1970 are whole
 * quarters of an hour in the zones tried here.
 */
function instantsShowing(localText: string, timeZone: string): number[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const wall = Date.parse(`${localText}Z`);
  const found: number[] = [];
  for (let instant = wall - 15 * HOUR; instant <= wall + 15 * HOUR; instant += QUARTER) {
    if (clock.format(instant).replace(' ', 'T') === localText) found.push(instant);
  }
  return found;
}

/** Wall times of which a third lie within three hours of a change of the clocks in March or November. */
const localTexts = (timeZone: string) => {
  const offsetAt = (instant: number) =>
    new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(instant).at(-1)?.value;
  const changes: number[] = [];
  for (let day = Date.UTC(2018, 0, 1); day < Date.UTC(2026, 0, 1); day += 24 * HOUR) {
    if (offsetAt(day) !== offsetAt(day + 24 * HOUR)) changes.push(day);
  }
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -12 * 3600, max: 36 * 3600 }))
    .map(([change, seconds]) => change + seconds * 1000);
  const anywhere = fc
    .integer({ min: Date.UTC(1995, 0, 1) / 1000, max: Date.UTC(2035, 0, 1) / 1000 })
    .map((s) => s * 1000);
  return fc.oneof(near, near, anywhere).map((wall) => new Date(wall).toISOString().slice(0, 19));
};

describe.each(['UTC', 'America/Chicago'])('with the server in %s', (server) => {
  it.each(['America/Los_Angeles', 'America/Chicago', 'Australia/Lord_Howe'])(
    'a local time in %s is the instant at which its clocks showed it, the earlier of two, or refused (P10)',
    (timeZone) => {
      process.env['TZ'] = server;
      fc.assert(
        fc.property(localTexts(timeZone), (localText) => {
          const [earliest, ...later] = instantsShowing(localText, timeZone);
          if (earliest === undefined) {
            expect(refusalOf(() => instantOf(localText, timeZone))).toBe('local_time_nonexistent');
          } else {
            expect(instantOf(localText, timeZone)).toEqual({ instant: earliest, ambiguous: later.length > 0 });
          }
        }),
        { numRuns: 400 },
      );
    },
  );

  it('the platform does follow the zone of the server, or these tests would show nothing', () => {
    process.env['TZ'] = server;
    expect(new Date(2021, 6, 1).getTimezoneOffset()).toBe(server === 'UTC' ? 0 : 300);
  });

  it('the hour that spring skips is refused and the hour that autumn repeats is flagged (P10)', () => {
    process.env['TZ'] = server;
    expect(refusalOf(() => instantOf('2021-03-14T02:30:00', 'America/Los_Angeles'))).toBe('local_time_nonexistent');
    expect(instantOf('2021-11-07T01:30:00', 'America/Los_Angeles')).toEqual({
      instant: Date.parse('2021-11-07T01:30:00-07:00'),
      ambiguous: true,
    });
    expect(instantOf('2021-11-07T02:00:00', 'America/Los_Angeles')).toEqual({
      instant: Date.parse('2021-11-07T02:00:00-08:00'),
      ambiguous: false,
    });
  });

  it('a day that a zone skipped whole is refused', () => {
    process.env['TZ'] = server;
    expect(refusalOf(() => instantOf('2011-12-30T12:00:00', 'Pacific/Apia'))).toBe('local_time_nonexistent');
    expect(instantOf('2011-12-31T00:00:00', 'Pacific/Apia').instant).toBe(Date.parse('2011-12-30T10:00:00Z'));
  });

  it('a time is kept to the millisecond, and read with a space for the T', () => {
    process.env['TZ'] = server;
    const instant = Date.parse('2021-10-03T03:53:03.250-07:00');
    expect(instantOf('2021-10-03T03:53:03.25', 'America/Los_Angeles').instant).toBe(instant);
    expect(instantOf('2021-10-03 03:53:03.250999', 'America/Los_Angeles').instant).toBe(instant);
  });

  it("a time with an offset is read by it, whatever the file's zone is", () => {
    process.env['TZ'] = server;
    const text = '2021-10-03T03:53:03+02:00';
    const expected = { instant: Date.parse(text), ambiguous: false };
    expect(capturedAt(text, 'America/Los_Angeles')).toEqual(expected);
    expect(capturedAt(text, undefined)).toEqual(expected);
    expect(refusalOf(() => capturedAt('2021-10-03T03:53:03', undefined))).toBe('instant_no_offset');
    expect(refusalOf(() => instantOf(text, 'America/Los_Angeles'))).toBe('instant_malformed');
  });

  it('a zone that nobody knows is refused', () => {
    process.env['TZ'] = server;
    expect(refusalOf(() => instantOf('2021-10-03T03:53:03', 'America/Juniper_Bend'))).toBe('time_zone_unknown');
    expect(refusalOf(() => instantOf('2021-10-03T03:53:03', ''))).toBe('time_zone_unknown');
  });
});
