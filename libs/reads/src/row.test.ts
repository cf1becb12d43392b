import { describe, expect, it } from 'vitest';
import { parseColumnMapping } from './column-mapping.js';
import { readRow, rowReader } from './row.js';
import { ReadsError } from './reads-error.js';
import { refusalOf } from './refusal.fixture.js';

const mappingFile = {
  plate: 'plate_id',
  plate_state: 'state',
  seen_at: 'captured_local',
  time_zone: 'America/Los_Angeles',
  device: 'device',
  lat: 'lat',
  lon: 'lon',
  confidence: { column: 'score', scale: 100 },
  camera_owner_class: { constant: 'public' },
  source: 'seattle',
};
const header = ['captured_local', 'plate_id', 'state', 'device', 'lat', 'lon', 'score'];
const good = {
  captured_local: '2021-10-03T03:53:03',
  plate_id: 'P015783',
  state: 'wa',
  device: 'M207709',
  lat: '47.6151',
  lon: '-122.3361',
  score: '91',
};
const now = Date.UTC(2021, 9, 10);
const reader = rowReader(parseColumnMapping(mappingFile), undefined, header);
const outcomeOf = (change: Partial<typeof good>) => {
  const row: Record<string, string> = { ...good, ...change };
  return readRow(
    reader,
    header.map((name) => row[name] ?? ''),
    now,
  );
};

describe('a column mapping', () => {
  it('is read as it stands, `csv` being the source that none names', () => {
    expect(parseColumnMapping(mappingFile)).toEqual(mappingFile);
    const { source: _source, ...rest } = mappingFile;
    expect(parseColumnMapping(rest).source).toBe('csv');
  });

  it.each([
    ['camera_owner_class', { camera_owner_class: undefined }],
    ['camera_owner_class', { camera_owner_class: { constant: 'federal' } }],
    ['camera_owner_class', { camera_owner_class: { constant: 'public', column: 'x' } }],
    ['plate', { plate: undefined }],
    ['plate', { plate: { constant: 'ABC123' } }],
    ['seen_at', { seen_at: 7 }],
    ['device', { device: '' }],
    ['device', { device: [] }],
    ['lon', { lon: undefined }],
    ['lat', { lat: undefined }],
    ['confidence', { confidence: { column: 'score', scale: 10 } }],
    ['confidence', { confidence: 'score' }],
    ['vehicle', { vehicle: {} }],
    ['vehicle.color', { vehicle: { color: 'color' } }],
    ['vehicle.make', { vehicle: { make: 7 } }],
    ['direction', { direction: { constant: 'N' } }],
    ['candidates', { candidates: 'others' }],
    ['candidates', { candidates: { column: 'others', separator: '-' } }],
    ['image', { image: '' }],
    ['camera_owner_clas', { camera_owner_clas: 'x' }],
  ])('that is wrong names `%s`', (at, change) => {
    const refused = () => parseColumnMapping({ ...mappingFile, ...change });
    expect(refused).toThrow(ReadsError);
    expect(refused).toThrow(expect.objectContaining({ code: 'mapping_invalid', evidence: { at } }));
  });

  it('with a zone that nobody knows is refused', () => {
    expect(refusalOf(() => parseColumnMapping({ ...mappingFile, time_zone: 'PST8' }))).toBe('time_zone_unknown');
  });

  it('is refused for a file without its column, or with it twice', () => {
    const mapping = parseColumnMapping(mappingFile);
    expect(refusalOf(() => rowReader(mapping, undefined, header.slice(1)))).toBe('mapping_column_missing');
    expect(refusalOf(() => rowReader(mapping, undefined, [...header, 'lat']))).toBe('mapping_column_ambiguous');
  });
});

describe('a row', () => {
  it('becomes a read', () => {
    expect(outcomeOf({})).toEqual({
      kind: 'read',
      read: {
        plate: 'P015783',
        plateState: 'WA',
        seenAt: Date.parse('2021-10-03T03:53:03-07:00'),
        timeAmbiguous: false,
        device: 'M207709',
        location: { lat: 47.6151, lon: -122.3361 },
        confidence: 0.91,
        cameraOwnerClass: 'public',
        source: 'seattle',
        nonPlate: false,
      },
    });
  });

  it('without place, state and confidence is a read without them', () => {
    const outcome = outcomeOf({ lat: '', lon: ' ', state: '', score: '' });
    expect(outcome.kind).toBe('read');
    const read: object = outcome.kind === 'read' ? outcome.read : {};
    for (const absent of ['location', 'plateState', 'confidence']) expect(read).not.toHaveProperty(absent);
  });

  it('that holds a word on a sign is kept and marked', () => {
    expect(outcomeOf({ plate_id: 'Detour' })).toMatchObject({
      kind: 'read',
      read: { plate: 'DETOUR', nonPlate: true },
    });
  });

  it.each([
    ['plate_empty', { plate_id: '' }],
    ['plate_wildcard', { plate_id: 'P01578%' }],
    ['plate_character', { plate_id: '\tP015783' }],
    ['plate_too_long', { plate_id: 'CONSTRUCTION' }],
    ['plate_state_invalid', { state: 'Washington' }],
    ['instant_malformed', { captured_local: '03/10/2021 03:53' }],
    ['instant_malformed', { captured_local: '' }],
    ['local_time_nonexistent', { captured_local: '2021-03-14T02:30:00' }],
    ['seen_at_in_future', { captured_local: '2021-10-11T00:00:00.001Z' }],
    ['seen_at_too_old', { captured_local: '1999-12-31T23:59:59Z' }],
    ['device_invalid', { device: '' }],
    ['device_invalid', { device: 'M\u0000' }],
    ['device_invalid', { device: 'caf\ufffd' }],
    ['location_half_set', { lat: '' }],
    ['location_half_set', { lon: '' }],
    ['location_invalid', { lat: '90.01' }],
    ['location_invalid', { lon: '-180.5' }],
    ['location_invalid', { lat: '0x10' }],
    ['location_invalid', { lat: '4.7e1' }],
    ['location_invalid', { lat: 'NaN' }],
    ['location_zero', { lat: '0.0', lon: '-0' }],
    ['confidence_invalid', { score: '101' }],
    ['confidence_invalid', { score: 'high' }],
  ] as const)('is rejected as `%s`: %o', (reason, change) => {
    expect(outcomeOf(change)).toEqual({ kind: 'rejected', reason });
  });

  it('with a cell too few or too many is rejected, not shifted', () => {
    expect(readRow(reader, ['a'], now)).toEqual({ kind: 'rejected', reason: 'column_count' });
    expect(readRow(reader, [...Object.values(good), ''], now)).toEqual({ kind: 'rejected', reason: 'column_count' });
  });

  it('with a naive time and no zone for the file is rejected', () => {
    const { time_zone: _zone, ...zoneless } = mappingFile;
    const mapping = parseColumnMapping(zoneless);
    const cells = header.map((name) => good[name as keyof typeof good]);
    expect(readRow(rowReader(mapping, undefined, header), cells, now)).toMatchObject({ reason: 'instant_no_offset' });
    const given = readRow(rowReader(mapping, 'America/Chicago', header), cells, now);
    expect(given).toMatchObject({ read: { seenAt: Date.parse('2021-10-03T03:53:03-05:00') } });
  });

  it('whose owner class is a column is rejected where that names none', () => {
    const mapping = parseColumnMapping({ ...mappingFile, camera_owner_class: 'state' });
    const classed = rowReader(mapping, undefined, header);
    const cells = header.map((name) => good[name as keyof typeof good]);
    const { plate_state: _state, ...stateless } = mapping;
    expect(readRow({ ...classed, mapping: stateless }, cells, now)).toEqual({
      kind: 'rejected',
      reason: 'camera_owner_class_invalid',
    });
  });
});

describe('a row with more columns', () => {
  const more = {
    ...mappingFile,
    vehicle: { make: 'make', colour: 'color' },
    direction: 'heading',
    candidates: { column: 'others', separator: '|' },
    image: 'picture',
  };
  const detailed = rowReader(parseColumnMapping(more), undefined, [
    ...header,
    'make',
    'color',
    'heading',
    'others',
    'picture',
  ]);
  const detailsOf = (make: string, color: string, heading: string, others: string, picture: string) => {
    const outcome = readRow(detailed, [...Object.values(good), make, color, heading, others, picture], now);
    if (outcome.kind === 'rejected') return outcome.reason;
    const { vehicle, direction, candidates, imageRef } = outcome.read;
    return { vehicle, direction, candidates, imageRef };
  };

  it('keeps what it says of vehicle, heading, other texts and image, each in its one spelling', () => {
    expect(detailsOf('Land  Rover', 'Grey', 'sw', 'P0I5783 | P015783|p015788|P01%', 's3://pictures/1.jpg')).toEqual({
      vehicle: { make: 'land rover', colour: 'gray' },
      direction: 225,
      candidates: [{ text: 'P0I5783' }, { text: 'P015788' }],
      imageRef: 's3://pictures/1.jpg',
    });
  });

  it('keeps nothing of what is blank, unknown or beyond a circle', () => {
    const nothing = { vehicle: undefined, direction: undefined, candidates: undefined, imageRef: undefined };
    expect(detailsOf('', 'unknown', '-1', '', '')).toEqual(nothing);
    expect(detailsOf('N/A', '', '360.5', '|', ' ')).toEqual(nothing);
    expect(detailsOf('', '', '360', '', '')).toMatchObject({ direction: 0 });
  });

  it.each([
    ['direction_invalid', 'northwards', ''],
    ['direction_invalid', '0x10', ''],
    ['image_reference_invalid', '', 'a picture.jpg'],
  ])('is rejected: %s', (reason, heading, picture) => {
    expect(detailsOf('', '', heading, '', picture)).toBe(reason);
  });
});
