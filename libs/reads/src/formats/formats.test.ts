// Long because every format is tested here on the same questions, so that none is forgotten.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import type { FormatName } from './format-names.js';
import { FORMAT_NAMES, recogniseFormat } from './format-names.js';
import { documentValue, readRecord } from './read-document.js';
import { vehicleWord } from './vehicle-parts.js';
import {
  aFrigateEvent,
  aFrigateUpdate,
  aNiemRead,
  anAlert,
  anAxisEvent,
  aRekorGroup,
  aRekorResults,
  aSharpVFile,
  aSharpVRead,
  aStreamHook,
  aStreamResult,
  aStreamRow,
  CONTEXT,
  readsOf,
  saidOf,
  SEEN,
} from './records.fixture.js';

const seenAt = Date.parse(SEEN);
const IMAGE = createHash('sha256').update('image').digest('base64url');
const PACIFIC = { ...CONTEXT, timeZone: 'America/Los_Angeles' };
const BEND = { lat: 44.0582, lon: -121.3153 };

describe('what each format says is read whole', () => {
  it('rekor: a group with its candidates, vehicle, direction and image', () => {
    expect(readsOf('rekor', aRekorGroup())).toEqual([
      {
        plate: '7BHM482',
        nonPlate: false,
        plateState: 'OR',
        seenAt,
        timeAmbiguous: false,
        device: 'Mill & 3rd SB',
        location: BEND,
        confidence: 0.935,
        direction: 184.5,
        vehicle: { make: 'subaru', model: 'outback', colour: 'blue', type: 'suv-wagon' },
        candidates: [
          { text: '78HM482', confidence: 0.7125 },
          { text: '7BHN482', confidence: 0.64 },
        ],
        imageRef: 'UNIT7-21-0001',
        imageDigest: IMAGE,
      },
    ]);
  });

  it('rekor: each result of a frame, and a state that the agent doubts is none', () => {
    const reads = readsOf('rekor', aRekorResults());
    expect(reads.map(({ plate, plateState, device }) => [plate, plateState, device])).toEqual([
      ['7BHM482', 'OR', 'UNIT7-21'],
      ['ZX1904', undefined, 'UNIT7-21'],
    ]);
  });

  it('plate-recognizer: the webhook and the answer of Snapshot, and never the address of the stream', () => {
    const [read] = readsOf('plate-recognizer', aStreamHook());
    expect(read).toEqual({
      plate: '7BHM482',
      nonPlate: false,
      plateState: 'OR',
      seenAt,
      timeAmbiguous: false,
      device: 'gate',
      confidence: 0.935,
      vehicle: { make: 'ford', model: 'ranger', colour: 'gray', type: 'pickup truck' },
      candidates: [{ text: '78HM482' }],
      imageRef: 'gate_screenshots/26-11-22/09-30-15.jpg',
    });
    const snapshot = {
      filename: 'a.jpg',
      timestamp: '2026-11-22 01:30:15.250',
      camera_id: null,
      results: [aStreamResult()],
    };
    expect(readsOf('plate-recognizer', snapshot, PACIFIC)[0]).toMatchObject({ seenAt, imageRef: 'a.jpg' });
    expect(readsOf('plate-recognizer', snapshot, PACIFIC)[0]).not.toHaveProperty('device');
  });

  it('plate-recognizer-csv: cells as Python writes them', () => {
    expect(readsOf('plate-recognizer-csv', aStreamRow())[0]).toMatchObject({
      plate: '7BHM482',
      plateState: 'OR',
      seenAt,
      device: 'gate',
      vehicle: { make: 'ford', model: 'ranger', colour: 'gray', type: 'pickup truck' },
      candidates: [{ text: '78HM482', confidence: 0.4 }],
    });
  });

  it('frigate: events and updates tell of one passage, and nobody’s name is taken in', () => {
    const [read] = readsOf('frigate', aFrigateEvent('update'));
    const id = '1795339815.25-q7f3ab';
    expect(read).toEqual({
      plate: '7BHM482',
      nonPlate: false,
      seenAt,
      timeAmbiguous: false,
      device: 'yard_gate',
      confidence: 0.935,
      eventId: id,
      eventRevision: seenAt + 2_000,
      imageRef: id,
    });
    expect(readsOf('frigate', aFrigateUpdate())[0]).toMatchObject({
      seenAt,
      eventId: id,
      eventRevision: seenAt + 1_000,
    });
    const rest = {
      id,
      camera: 'yard_gate',
      label: 'car',
      start_time: seenAt / 1000,
      end_time: seenAt / 1000 + 9,
      data: { recognized_license_plate: '7BHM482' },
    };
    expect(readsOf('frigate', rest)[0]).toMatchObject({ eventId: id, eventRevision: seenAt + 9_000 });
  });

  it('genetec: JSON with a local time, XML with one in UTC, the same camera and image in both', () => {
    const both = {
      plate: '7BHM482',
      plateState: 'OR',
      seenAt,
      device: 'SHARPV00042/Lpr Camera',
      location: BEND,
      imageDigest: IMAGE,
    };
    expect(readsOf('genetec', aSharpVRead(), PACIFIC)[0]).toMatchObject({
      ...both,
      confidence: 0.93,
      vehicle: { type: 'truck' },
    });
    expect(readsOf('genetec', aSharpVFile())[0]).toMatchObject(both);
  });

  it('hikvision: the offset of the camera, its channel, and images by digest', () => {
    const images = [
      { name: 'detectionPicture.jpg', digest: 'A'.repeat(43) },
      { name: 'licensePlatePicture.jpg', digest: 'B'.repeat(43) },
    ];
    const value = documentValue(anAlert()) as JsonObject;
    expect(readRecord('hikvision', { value, images }, CONTEXT)).toEqual([
      {
        kind: 'read',
        at: 'EventNotificationAlert',
        read: {
          plate: '7BHM482',
          nonPlate: false,
          seenAt,
          timeAmbiguous: false,
          device: 'Depot & Yard',
          confidence: 0.93,
          vehicle: { colour: 'white', type: 'truck' },
          imageRef: 'licensePlatePicture.jpg',
          imageDigest: 'B'.repeat(43),
        },
      },
    ]);
  });

  it('axis: what one car is told of as, and no password out of an address', () => {
    expect(readsOf('axis', anAxisEvent('new'))[0]).toEqual({
      plate: '7BHM482',
      nonPlate: false,
      plateState: 'OR',
      seenAt,
      timeAmbiguous: false,
      device: 'B8A44F000001/lane1',
      location: BEND,
      confidence: 0.935,
      vehicle: { make: 'skoda', model: 'rapid scala', colour: 'black', type: 'car' },
      eventId: 'B8A44F000001/lane1#17',
      eventRevision: seenAt,
      imageRef: '52/17lp.jpg',
    });
    expect(readsOf('axis', anAxisEvent('lost', { plateConfidence: '93.5' }))[0]).toMatchObject({
      confidence: 0.935,
    });
  });

  it.each([
    ['nanoseconds', { capture_timestamp: null }],
    ['microseconds', { capture_timestamp: null, capture_ts: `${seenAt}123` }],
    ['a written time', { capture_timestamp: null, capture_ts: null }],
  ])('axis: the instant from %s alone', (_, change) => {
    expect(readsOf('axis', anAxisEvent('new', change), PACIFIC)[0]?.seenAt).toBe(seenAt);
  });

  it.each([
    ['by its name', { 'plateISO3166-2': '' }, 'OR'],
    ['by its code', { 'plateISO3166-2': '', plateRegion: '', plateRegionCode: 'OR' }, 'OR'],
    ['of a province', { plateCountry: 'CAN', 'plateISO3166-2': 'CA-BC' }, 'BC'],
    [
      'not of another country with the same letters',
      { plateCountry: 'DEU', 'plateISO3166-2': '', plateRegionCode: 'MI' },
      undefined,
    ],
    ['not at all where none is told', { 'plateISO3166-2': '', plateRegion: '' }, undefined],
  ])('axis: the state %s', (_, change, plateState) => {
    expect(readsOf('axis', anAxisEvent('new', change))[0]?.plateState).toBe(plateState);
  });

  it.each([
    [55.70421, 13.19366],
    [50.418114, 30.476213],
  ])('axis: no place where the camera still names that of its maker (%d, %d)', (lat, lon) => {
    expect(readsOf('axis', anAxisEvent('new', { geotag: { lat, lon } }))[0]).not.toHaveProperty('location');
    expect(readsOf('axis', anAxisEvent('new', { geotag: { lat, lon: lon + 1e-5 } }))[0]).toHaveProperty('location');
  });

  it('axis: an image by its digest where it came along, else by its name alone', () => {
    const images = [{ ImageType: '', ImageFormat: 'jpg', BinaryImage: btoa('image') }];
    expect(readsOf('axis', anAxisEvent('new', { ImageArray: images }))[0]).toMatchObject({ imageDigest: IMAGE });
    const beside = { value: anAxisEvent('new'), images: [{ name: 'image', digest: 'B'.repeat(43) }] };
    expect(readRecord('axis', beside, CONTEXT)[0]).toMatchObject({
      read: { imageRef: '52/17lp.jpg', imageDigest: 'B'.repeat(43) },
    });
    const stored = readsOf('axis', anAxisEvent('new', { imagesURI: [] }))[0];
    expect(stored).toMatchObject({ imageRef: 'localdata/images/52/17lp.jpg' });
    expect(stored).not.toHaveProperty('imageDigest');
  });

  it('niem: degrees with minutes and seconds, alone and in a graph', () => {
    const expected = {
      plate: '7BHM482',
      plateState: 'OR',
      seenAt,
      device: 'or-12',
      location: { lat: 44.5, lon: -121.01 },
      direction: 0,
      confidence: 0.935,
      vehicle: { make: 'ford', model: 'ranger', colour: 'gray', type: 'pickup' },
    };
    expect(readsOf('niem', aNiemRead())[0]).toMatchObject(expected);
    expect(readsOf('niem', { '@context': {}, '@graph': [aNiemRead(), aNiemRead()] })).toHaveLength(2);
    const plate = {
      'nc:IdentificationID': '7BHM482',
      'nc:IdentificationJurisdiction': { 'nc:LocationStateUSPostalServiceCode': 'OR' },
    };
    const vehicle = {
      'j:ConveyanceRegistration': { 'j:ConveyanceRegistrationPlateIdentification': plate },
      'j:VehicleMakeCode': 'FORD',
    };
    expect(readsOf('niem', aNiemRead({ 'nc:Vehicle': vehicle }))[0]).toMatchObject({
      plate: '7BHM482',
      plateState: 'OR',
      vehicle: { make: 'ford' },
    });
  });
});

describe('what is no sighting is passed over', () => {
  it.each<[FormatName, JsonObject | string, string]>([
    ['rekor', aRekorGroup({ is_preview: true }), 'preview'],
    ['rekor', { data_type: 'heartbeat', agent_uid: 'UNIT7' }, 'heartbeat'],
    ['rekor', { data_type: 'alpr_alert', group: aRekorGroup() }, 'other_event'],
    ['rekor', aRekorResults({ results: [] }), 'no_plate'],
    ['plate-recognizer', aStreamHook({}, [aStreamResult({ plate: null })]), 'no_plate'],
    ['plate-recognizer', { ...aStreamHook(), hook: { event: 'heartbeat' } }, 'other_event'],
    ['frigate', aFrigateEvent('new', { recognized_license_plate: null }), 'no_plate'],
    ['frigate', aFrigateEvent('new', { false_positive: true }), 'false_positive'],
    ['frigate', aFrigateUpdate({ type: 'description' }), 'other_event'],
    ['hikvision', anAlert('', { eventType: 'VMD' }), 'other_event'],
    ['hikvision', anAlert('', { eventState: 'inactive' }), 'other_event'],
    ['hikvision', anAlert('<licensePlate>unknown</licensePlate>'), 'no_plate'],
    ['axis', anAxisEvent('lost', { plateUTF8: '' }), 'no_plate'],
  ])('%s %#', (format, record, why) => {
    expect(saidOf(format, record)).toEqual([why]);
  });

  it('a parked vehicle is a sighting, and goes nowhere', () => {
    expect(readsOf('rekor', aRekorGroup({ is_parked: true }))[0]).not.toHaveProperty('direction');
  });
});

describe('a record is rejected with its reason and place', () => {
  it.each<[FormatName, JsonObject | string, string]>([
    ['rekor', aRekorGroup({ best_plate_number: '7BHM%' }), 'plate_wildcard at best_plate_number'],
    ['rekor', aRekorGroup({ best_plate_number: 'ＡＢＣ123' }), 'plate_character at best_plate_number'],
    ['rekor', aRekorGroup({ best_plate_number: '7BHM\t482' }), 'plate_character at best_plate_number'],
    ['rekor', aRekorGroup({ best_plate_number: ['7BHM482'] }), 'member_malformed at best_plate_number'],
    ['rekor', aRekorGroup({ best_plate_number: null, best_plate: null }), 'member_missing at best_plate.plate'],
    ['rekor', aRekorGroup({ epoch_start: null }), 'member_missing at epoch_start'],
    ['rekor', aRekorGroup({ epoch_start: seenAt / 1000 }), 'seen_at_too_old at epoch_start'],
    ['rekor', aRekorGroup({ epoch_start: seenAt * 1000 }), 'seen_at_in_future at epoch_start'],
    ['rekor', aRekorGroup({ epoch_start: '0x19' }), 'member_malformed at epoch_start'],
    ['rekor', aRekorGroup({ best_confidence: 101 }), 'confidence_invalid at best_confidence'],
    ['rekor', aRekorGroup({ gps_latitude: 91 }), 'location_invalid at gps_latitude'],
    ['rekor', aRekorGroup({ gps_latitude: 'north' }), 'location_invalid at gps_latitude'],
    ['rekor', aRekorGroup({ gps_longitude: null }), 'location_half_set at gps_latitude'],
    ['rekor', aRekorGroup({ is_preview: 'maybe' }), 'member_malformed at is_preview'],
    ['rekor', aRekorGroup({ candidates: 'none' }), 'member_malformed at candidates'],
    ['rekor', aRekorGroup({ vehicle: { make: 7 } }), 'member_malformed at vehicle.make'],
    [
      'rekor',
      aRekorGroup({ web_server_config: { camera_label: 'a\u0007b' } }),
      'device_invalid at web_server_config.camera_label',
    ],
    ['rekor', { data_type: 'alpr_other' }, 'format_mismatch at data_type'],
    ['rekor', aRekorResults({ results: { plate: 'A' } }), 'member_malformed at results'],
    [
      'rekor',
      aRekorResults({ results: Array.from({ length: 501 }, () => ({ plate: 'A1' })) }),
      'too_many_reads at results',
    ],
    ['plate-recognizer', aStreamHook({ timestamp: '2026-11-22 01:30:15' }), 'instant_no_offset at data.timestamp'],
    ['plate-recognizer', aStreamHook({ timestamp: '2026-11-31T01:30:15Z' }), 'instant_malformed at data.timestamp'],
    [
      'plate-recognizer',
      aStreamHook({}, [aStreamResult({ score: 93.5 })]),
      'confidence_invalid at data.results[0].score',
    ],
    [
      'plate-recognizer',
      aStreamHook({}, [aStreamResult({ plate: 'abcdefghijk' })]),
      'plate_too_long at data.results[0].plate',
    ],
    ['plate-recognizer-csv', aStreamRow({ candidates: "[{'plate': 'A'" }), 'member_malformed at candidates'],
    ['plate-recognizer-csv', aStreamRow({ vehicle: "__import__('os').system('id')" }), 'member_malformed at vehicle'],
    ['plate-recognizer-csv', aStreamRow({ score: 'high' }), 'member_malformed at score'],
    ['frigate', aFrigateEvent('new', { start_time: '2026' }), 'seen_at_too_old at after.start_time'],
    ['frigate', aFrigateEvent('new', { id: 'a b' }), 'member_malformed at after.id'],
    ['frigate', aFrigateUpdate({ score: 2 }), 'confidence_invalid at score'],
    ['genetec', aSharpVRead(), 'instant_no_offset at Timestamp'],
    ['genetec', aSharpVRead({ PlateAnalytics: {} }), 'member_malformed at PlateAnalytics'],
    ['genetec', aSharpVFile({ UTCDate: '2026:13:22' }), 'instant_malformed at AutoVu.UTCDate'],
    ['genetec', aSharpVFile({ UTCTime: '' }), 'member_missing at AutoVu.UTCTime'],
    ['genetec', aSharpVFile({ LongitudeX: '181' }), 'location_invalid at AutoVu.LatitudeY'],
    ['genetec', aSharpVFile({ Plate: '' }), 'plate_empty at AutoVu.Plate'],
    [
      'hikvision',
      anAlert('', { dateTime: '2026-11-22T01:30:15' }),
      'instant_no_offset at EventNotificationAlert.dateTime',
    ],
    [
      'hikvision',
      anAlert('<confidenceLevel>93</confidenceLevel>'),
      'member_missing at EventNotificationAlert.ANPR.licensePlate',
    ],
    [
      'hikvision',
      anAlert('<licensePlate>A1</licensePlate><licensePlate>B2</licensePlate>'),
      'member_malformed at EventNotificationAlert.ANPR.licensePlate',
    ],
    ['axis', anAxisEvent('new', { carState: 'gone' }), 'member_malformed at carState'],
    ['axis', anAxisEvent('new', { carID: 'a b' }), 'member_malformed at carID'],
    ['axis', anAxisEvent('new', { capture_timestamp: '12' }), 'instant_malformed at capture_timestamp'],
    ['axis', anAxisEvent('new', { capture_timestamp: null, capture_ts: '1' }), 'instant_malformed at capture_ts'],
    ['axis', anAxisEvent('new', { capture_timestamp: null, capture_ts: null }), 'instant_no_offset at datetime'],
    [
      'niem',
      aNiemRead({}, { 'nc:IdentificationID': '*' }),
      'plate_wildcard at nc:Vehicle.nc:ConveyanceRegistrationPlateIdentification.nc:IdentificationID',
    ],
    ['niem', aNiemRead({ 'nc:ActivityDate': {} }), 'member_missing at nc:ActivityDate.nc:DateTime'],
    ['axis', aRekorGroup(), 'format_mismatch at '],
    ['rekor', '{"data_type":"alpr_group"', 'record_malformed at '],
    ['rekor', '{"data_type":"alpr_group","data_type":"heartbeat"}', 'record_malformed at '],
    ['rekor', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'record_malformed at '],
    ['rekor', 'plate,seen\nA,B', 'record_malformed at '],
    ['rekor', '', 'record_malformed at '],
  ])('%s %#: %3$s', (format, record, said) => {
    expect(saidOf(format, record)).toEqual([said]);
  });

  it('one of several, and the others are read', () => {
    const results = [aStreamResult(), aStreamResult({ plate: 'a_c' }), aStreamResult({ plate: 'zx19' })];
    expect(saidOf('plate-recognizer', aStreamHook({}, results))).toEqual([
      'read',
      'plate_wildcard at data.results[1].plate',
      'read',
    ]);
    expect(saidOf('rekor', [aRekorGroup(), aRekorGroup({ epoch_start: null }), 7])).toEqual([
      'read',
      'member_missing at [1].epoch_start',
      'format_mismatch at [2]',
    ]);
  });
});

describe('what the source does not know is not made up', () => {
  it('0,0 of a receiver without a fix is no place', () => {
    expect(readsOf('genetec', aSharpVRead({ Latitude: 0, Longitude: 0 }), PACIFIC)[0]).not.toHaveProperty('location');
  });

  it.each([
    ['ca', undefined],
    ['de', undefined],
    ['us-ca', 'CA'],
    ['ca-on', 'ON'],
    ['us-on', undefined],
    ['us', undefined],
    ['16', undefined],
  ])('the region `%s` is the state %s', (region, state) => {
    expect(readsOf('rekor', aRekorGroup({ best_region: region }))[0]?.plateState).toBe(state);
  });

  it('a guess of one per cent is no make', () => {
    const result = aStreamResult({
      model_make: [{ make: 'Kia', model: 'Rio', score: 0.01 }],
      vehicle: { type: 'Van', score: 0.1 },
    });
    expect(readsOf('plate-recognizer', aStreamHook({}, [result]))[0]?.vehicle).toEqual({ colour: 'gray' });
  });

  it.each([
    ['Citroën C3', 'citroen c3'],
    ['land_rover', 'land rover'],
    ['C/K  1500 - x', 'c k 1500 x'],
    ['-', undefined],
    ['Unknown', undefined],
    ['x'.repeat(41), undefined],
    ['\u2028', undefined],
  ])('the word %s is %s', (written, word) => {
    expect(vehicleWord(written)).toBe(word);
  });

  it('-1 is no direction', () => {
    expect(readsOf('rekor', aRekorGroup({ travel_direction: -1 }))[0]).not.toHaveProperty('direction');
  });

  it('a word on a sign is marked and kept', () => {
    expect(readsOf('rekor', aRekorGroup({ best_plate_number: 'DETOUR' }))[0]?.nonPlate).toBe(true);
  });

  it('P10: the hour that a clock shows twice is the earlier one, and marked; the one that it skips is refused', () => {
    expect(readsOf('genetec', aSharpVRead({ Timestamp: '2026-11-01T01:30:00' }), PACIFIC)[0]).toMatchObject({
      seenAt: Date.parse('2026-11-01T01:30:00-07:00'),
      timeAmbiguous: true,
    });
    expect(saidOf('genetec', aSharpVRead({ Timestamp: '2026-03-08T02:30:00' }), PACIFIC)).toEqual([
      'local_time_nonexistent at Timestamp',
    ]);
  });
});

describe('a record is known by its members', () => {
  it.each<[FormatName, JsonObject]>([
    ['rekor', aRekorGroup()],
    ['plate-recognizer', aStreamHook()],
    ['plate-recognizer-csv', aStreamRow()],
    ['frigate', aFrigateEvent('end')],
    ['frigate', aFrigateUpdate()],
    ['genetec', aSharpVRead()],
    ['genetec', documentValue(aSharpVFile()) as JsonObject],
    ['hikvision', documentValue(anAlert()) as JsonObject],
    ['axis', anAxisEvent('new')],
    ['niem', aNiemRead()],
  ])('%s %#, and by those of no other format', (format, record) => {
    expect(recogniseFormat(record)).toBe(format);
    const others = FORMAT_NAMES.filter((name) => name !== format);
    for (const other of others) expect(saidOf(other, record)).toEqual(['format_mismatch at ']);
  });

  it('and nothing is made of what is none', () => {
    for (const value of [null, 7, 'rekor', [], {}, { results: [] }]) expect(recogniseFormat(value)).toBeUndefined();
  });
});
