// Long because every field rule has its accepted and refused values beside it.
import { describe, expect, it } from 'vitest';
import {
  Ask,
  ClearOfficer,
  GrantClaims,
  OwnerOpening,
  PlateHistoryQuery,
  PlateTarget,
  ReleasedLocation,
  RequestClaims,
  TraceQueryClaims,
  isInstant,
  parseMessage,
  type JsonObject,
  type JsonValue,
} from '#protocol';
import { ASK, EXAMPLE_MESSAGES } from '../../test/example-messages.js';
import { refusalOf } from '../../test/refusal.js';

const exampleOf = (type: new () => object): JsonObject =>
  EXAMPLE_MESSAGES.find((message) => message.type === type)?.value ?? {};

const refusedAt = (member: string) => ({
  code: 'malformed_body',
  message: expect.stringContaining(`\`${member}\` fails`) as string,
});

const parse = (type: new () => object, value: JsonValue) => refusalOf(() => parseMessage(type, value));

describe('instants (P10)', () => {
  it.each([
    '2026-11-22T12:00:00Z',
    '2026-11-22T12:00:00.5Z',
    '2026-11-22T12:00:00.123+05:30',
    '2024-02-29T23:59:59-08:00',
    '2026-03-08T02:30:00-08:00',
    '2026-11-01T01:30:00-07:00',
    '2026-11-01T01:30:00-08:00',
    '2026-01-01T00:00:00+14:00',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
  ])('accepts %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });

  it.each([
    ['24:00', '2026-11-22T24:00:00Z'],
    ['24:00 with an offset', '2026-11-22T24:00:00-07:00'],
    ['the second 60', '2026-12-31T23:59:60Z'],
    ['the minute 60', '2026-12-31T23:60:00Z'],
    ['the hour 25', '2026-11-22T25:00:00Z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['30 February with an offset', '2026-02-30T00:00:00-08:00'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['29 February 1900', '1900-02-29T00:00:00Z'],
    ['31 April', '2026-04-31T00:00:00Z'],
    ['the day 0', '2026-11-00T00:00:00Z'],
    ['the month 13', '2026-13-01T00:00:00Z'],
    ['the month 0', '2026-00-01T00:00:00Z'],
    ['no offset', '2026-11-22T12:00:00'],
    ['a date alone', '2026-11-22'],
    ['no seconds', '2026-11-22T12:00Z'],
    ['the year 10000', '10000-01-01T00:00:00Z'],
    ['an expanded year', '+010000-01-01T00:00:00Z'],
    ['a negative year', '-000001-01-01T00:00:00Z'],
    ['a year of two digits', '26-11-22T12:00:00Z'],
    ['a blank for the T', '2026-11-22 12:00:00Z'],
    ['a small t', '2026-11-22t12:00:00Z'],
    ['a small z', '2026-11-22T12:00:00z'],
    ['an offset of hours alone', '2026-11-22T12:00:00-07'],
    ['an offset without colon', '2026-11-22T12:00:00-0700'],
    ['the offset 24:00', '2026-11-22T12:00:00+24:00'],
    ['the offset minute 60', '2026-11-22T12:00:00+01:60'],
    ['a zone name', '2026-11-22T12:00:00 America/Los_Angeles'],
    ['an offset and a zone name', '2026-11-22T12:00:00-08:00[America/Los_Angeles]'],
    ['a comma for the fraction', '2026-11-22T12:00:00,5Z'],
    ['an empty fraction', '2026-11-22T12:00:00.Z'],
    ['a fraction of nanoseconds', '2026-11-22T12:00:00.123456789Z'],
    ['a week date', '2026-W47-7T12:00:00Z'],
    ['blanks around', ' 2026-11-22T12:00:00Z '],
    ['a line break at the end', '2026-11-22T12:00:00Z\n'],
    ['digits of another script', '２０２６-11-22T12:00:00Z'],
    ['seconds since 1970', 1_795_348_800],
    ['a date object', new Date()],
    ['nothing', ''],
  ])('refuses %s', (_, value) => {
    expect(isInstant(value)).toBe(false);
  });

  it('decides the same whatever the time zone of the machine', () => {
    const zone = process.env['TZ'];
    try {
      for (const other of ['America/Chicago', 'UTC', 'Pacific/Kiritimati']) {
        process.env['TZ'] = other;
        expect(isInstant('2026-03-08T02:30:00-06:00')).toBe(true);
        expect(isInstant('2026-03-08T24:00:00-06:00')).toBe(false);
      }
    } finally {
      if (zone === undefined) Reflect.deleteProperty(process.env, 'TZ');
      else process.env['TZ'] = zone;
    }
  });

  it('is demanded of both ends of a window', async () => {
    const query = (exampleOf(Ask)['query'] ?? {}) as JsonObject;
    expect(await parse(PlateHistoryQuery, { ...query, from: '2026-11-01' })).toMatchObject(refusedAt('from'));
    expect(await parse(PlateHistoryQuery, { ...query, until: '2026-11-20T24:00:00Z' })).toMatchObject(
      refusedAt('until'),
    );
  });
});

describe('plates (P12)', () => {
  it.each(['A', 'ABC123', '0O0O', 'ABCDEFGHIJ'])('are letters and digits: accepts %s', async (text) => {
    expect((await parse(PlateTarget, { text })).code).toBe('accepted');
  });

  it.each([
    ['the wildcard %', 'ABC%'],
    ['the wildcard _', 'A_C123'],
    ['the wildcard *', 'ABC*'],
    ['the wildcard ?', 'AB?123'],
    ['a regular expression', '.+'],
    ['a class of characters', '[A-Z]{3}'],
    ['an escape', String.raw`ABC\d`],
    ['an alternative', 'ABC|XYZ'],
    ['full-width digits', 'ABC１２３'],
    ['a Cyrillic letter', 'АBC123'],
    ['the Kelvin sign', '\u212aBC123'],
    ['small letters', 'abc123'],
    ['a blank', 'ABC 123'],
    ['a hyphen', 'ABC-123'],
    ['a zero-width blank', 'ABC\u200b123'],
    ['a NUL', 'ABC\u0000123'],
    ['a line break at the end', 'ABC123\n'],
    ['two lines', 'ABC123\nXYZ789'],
    ['eleven characters', 'ABCDEFGHIJK'],
    ['nothing', ''],
    ['a quotation mark', "ABC'--"],
  ])('refuses %s', async (_, text) => {
    expect(await parse(PlateTarget, { text })).toMatchObject(refusedAt('text'));
    const query = (exampleOf(Ask)['query'] ?? {}) as JsonObject;
    expect(await parse(PlateHistoryQuery, { ...query, plates: [{ text }] })).toMatchObject(refusedAt('plates.0.text'));
  });

  it.each(['wa', 'W', 'WAS', 'W1', 'ＷＡ', ''])('refuses the state `%s`', async (state) => {
    expect(await parse(PlateTarget, { text: 'ABC123', state })).toMatchObject(refusedAt('state'));
  });

  it('takes 1 to 20 plates a query', async () => {
    const query = (exampleOf(Ask)['query'] ?? {}) as JsonObject;
    const plates = (count: number) => ({ ...query, plates: Array.from({ length: count }, () => ({ text: 'ABC123' })) });
    expect((await parse(PlateHistoryQuery, plates(20))).code).toBe('accepted');
    expect(await parse(PlateHistoryQuery, plates(21))).toMatchObject(refusedAt('plates'));
    expect(await parse(PlateHistoryQuery, plates(0))).toMatchObject(refusedAt('plates'));
  });

  it('closes the kinds of query: another kind, or none, is refused (P16)', async () => {
    const query = (exampleOf(Ask)['query'] ?? {}) as JsonObject;
    for (const kind of ['near_scene', 'PLATE_HISTORY', 'plate_history ', '']) {
      expect(await parse(PlateHistoryQuery, { ...query, kind })).toMatchObject(refusedAt('kind'));
    }
  });
});

describe('entity ids (P07, T03)', () => {
  const request = exampleOf(RequestClaims);

  it.each([
    'https://juniper-bend.example',
    'https://juniper-bend.example:8443',
    'https://anchor.example/jurisdictions/or',
    'http://127.0.0.1:4101/jurisdictions/or',
  ])('accepts %s', async (owner) => {
    expect((await parse(RequestClaims, { ...request, owner })).code).toBe('accepted');
  });

  it.each([
    ['a trailing slash', 'https://juniper-bend.example/'],
    ['upper case', 'https://Juniper-Bend.example'],
    ['an upper-case scheme', 'HTTPS://juniper-bend.example'],
    ['another scheme', 'ftp://juniper-bend.example'],
    ['no scheme', 'juniper-bend.example'],
    ['a user part', 'https://broker.example@evil.example'],
    ['a query', 'https://juniper-bend.example?x=1'],
    ['a fragment', 'https://juniper-bend.example#x'],
    ['a percent escape', 'https://juniper-bend.example/%2e%2e'],
    ['a parent segment', 'https://anchor.example/..'],
    ['a parent segment inside', 'https://anchor.example/../or'],
    ['a dot segment', 'https://anchor.example/./or'],
    ['a double slash', 'https://anchor.example//or'],
    ['a backslash', String.raw`https://anchor.example\or`],
    ['a letter of another script', 'https://juniper-bеnd.example'],
    ['a full-width dot', 'https://juniper-bend．example'],
    ['a zero-width blank', 'https://juniper\u200b-bend.example'],
    ['a direction override', 'https://\u202ejuniper-bend.example'],
    ['a line break', 'https://juniper-bend.example\n'],
    ['an IPv6 address', 'https://[::1]'],
    ['a script', 'javascript:alert(1)'],
    ['513 characters', `https://a.example/${'a'.repeat(64)}${'/a'.repeat(216)}`],
  ])('refuses %s', async (_, owner) => {
    expect(await parse(RequestClaims, { ...request, owner })).toMatchObject(refusedAt('owner'));
    expect(await parse(RequestClaims, { ...request, via: [owner] })).toMatchObject(refusedAt('via'));
    expect(await parse(Ask, { ...ASK, beneficiary: owner })).toMatchObject(refusedAt('beneficiary'));
  });

  it('takes `none` as a beneficiary and as nothing else, and never a missing one (P06)', async () => {
    expect((await parse(Ask, { ...ASK, beneficiary: 'none' })).code).toBe('accepted');
    expect(await parse(RequestClaims, { ...request, owner: 'none' })).toMatchObject(refusedAt('owner'));
    for (const beneficiary of ['', 'None', 'none ', 'nonehttps://a.example', 'null']) {
      expect(await parse(Ask, { ...ASK, beneficiary })).toMatchObject(refusedAt('beneficiary'));
    }
  });
});

describe('codes and texts', () => {
  it.each(['Criminal', ' criminal', 'criminal ', 'criminal investigation', '', '-a', 'ä', 'a'.repeat(65)])(
    'refuses the purpose `%s`, and never reads it as the nearest one (P02)',
    async (purpose) => {
      expect(await parse(Ask, { ...ASK, purpose })).toMatchObject(refusedAt('purpose'));
    },
  );

  it.each(['Warrant', 'warrant ', 'subpoena', '', 'WARRANT'])('refuses the legal process `%s` (P02)', async (value) => {
    expect(await parse(Ask, { ...ASK, legal_process: { class: value } })).toMatchObject(
      refusedAt('legal_process.class'),
    );
  });

  it.each(['', ' ', '\n\n', '\u00a0', '\t'])('refuses a blank narrative %j', async (narrative) => {
    expect(await parse(Ask, { ...ASK, narrative })).toMatchObject(refusedAt('narrative'));
  });

  it('takes line breaks in a narrative and 4000 characters of it', async () => {
    expect((await parse(Ask, { ...ASK, narrative: 'line\nline' })).code).toBe('accepted');
    expect((await parse(Ask, { ...ASK, narrative: 'é'.repeat(4000) })).code).toBe('accepted');
    expect(await parse(Ask, { ...ASK, narrative: 'é'.repeat(4001) })).toMatchObject(refusedAt('narrative'));
  });

  it('closes what an officer states about a login', async () => {
    const officer = { pseudonym: 'A'.repeat(43), role: 'detective', acr: 'urn:example:mfa' };
    expect((await parse(ClearOfficer, officer)).code).toBe('accepted');
    expect(await parse(ClearOfficer, { ...officer, acr: 'mfa"' })).toMatchObject(refusedAt('acr'));
    expect(await parse(ClearOfficer, { ...officer, pseudonym: 'A. Officer' })).toMatchObject(refusedAt('pseudonym'));
  });
});

describe('traces, digests and positions', () => {
  const hop = exampleOf(TraceQueryClaims);

  it.each([
    ['all-zero trace id', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['all-zero span id', `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['upper case', `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['a further field', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-x`],
    ['two values', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01, 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  ])('refuses a traceparent with %s (W13)', async (_, traceparent) => {
    expect(await parse(TraceQueryClaims, { ...hop, traceparent })).toMatchObject(refusedAt('traceparent'));
  });

  it.each([
    ['42 characters', 'A'.repeat(42)],
    ['44 characters', 'A'.repeat(44)],
    ['padding', `${'A'.repeat(42)}=`],
    ['the other alphabet', `${'A'.repeat(42)}+`],
    ['a line break', `${'A'.repeat(42)}\n`],
  ])('refuses a digest of %s', async (_, digest) => {
    expect(await parse(GrantClaims, { ...exampleOf(GrantClaims), request: digest })).toMatchObject(
      refusedAt('request'),
    );
  });

  it('takes at most 14 hashes on the way to the root of 10 000 owners', async () => {
    const opening = { salt: 'A'.repeat(43), index: 9_999, path: Array.from({ length: 14 }, () => 'A'.repeat(43)) };
    expect((await parse(OwnerOpening, opening)).code).toBe('accepted');
    expect(await parse(OwnerOpening, { ...opening, index: 10_000 })).toMatchObject(refusedAt('index'));
    expect(await parse(OwnerOpening, { ...opening, path: [...opening.path, 'A'.repeat(43)] })).toMatchObject(
      refusedAt('path'),
    );
  });

  it.each([
    [90.1, 0, 'lat'],
    [-90.1, 0, 'lat'],
    [0, 180.1, 'lon'],
    [0, -180.1, 'lon'],
    [Number.NaN, 0, 'lat'],
    [0, Infinity, 'lon'],
    [-122.676, 45.523, 'lat'],
  ])('refuses the place %d, %d (P13)', async (lat, lon, member) => {
    expect(await parse(ReleasedLocation, { lat, lon })).toMatchObject(refusedAt(member));
  });
});
