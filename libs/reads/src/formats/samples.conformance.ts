import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { FormatName } from './format-names.js';
import { CONTEXT, readsOf } from './records.fixture.js';

const folder = fileURLToPath(new URL('../../../../../shared/data/formats/', import.meta.url));
const present = existsSync(folder);
const why = present ? '' : ' (skipped: shared/data does not lie beside the checkout)';
const sample = (name: string) => readFileSync(`${folder}${name}`, 'utf8');
const UTC = { ...CONTEXT, timeZone: 'UTC' };

describe.skipIf(!present)(`other people's samples of each format${why}`, () => {
  it.each<[FormatName, string, object]>([
    [
      'rekor',
      'rekor_alpr_group.json',
      {
        plate: 'ABC1237',
        plateState: 'WA',
        seenAt: 1_788_761_104_000,
        device: '5th & Main NB',
        location: { lat: 47.6062, lon: -122.3321 },
        confidence: 0.912,
        direction: 271.4,
        vehicle: { make: 'dodge', model: 'charger', colour: 'white', type: 'sedan-standard' },
        candidates: [{ text: 'ABC1232', confidence: 0.849 }],
      },
    ],
    [
      'plate-recognizer',
      'platerecognizer_stream_webhook.json',
      {
        plate: '9JUB11',
        seenAt: Date.parse('2021-09-29T05:56:13.606Z'),
        device: 'camera-1',
        confidence: 0.839,
        candidates: [{ text: 'SJU88Y' }, { text: 'SJUBI' }],
      },
    ],
    [
      'plate-recognizer',
      'platerecognizer_snapshot.json',
      { plate: 'NHK552', seenAt: Date.parse('2021-10-11T05:43:58.514Z'), vehicle: { type: 'sedan' } },
    ],
    ['frigate', 'frigate_events.json', { plate: 'ABC1234', device: 'front_drive', seenAt: 1_607_123_955_475 }],
    [
      'frigate',
      'frigate_tracked_object_update_lpr.json',
      { plate: 'ABC1234', confidence: 0.95, seenAt: 1_607_123_955_475, eventId: '1607123955.475377-mxklsc' },
    ],
    [
      'genetec',
      'genetec_sharpv_http.json',
      { plate: 'AA7D2', seenAt: Date.parse('2016-08-29T08:42:45.797Z'), device: 'SHARPV12345/Lpr Camera' },
    ],
    [
      'genetec',
      'genetec_sharpv_ftp.xml',
      { plate: 'AA7D2', plateState: 'WA', location: { lat: 47.6062, lon: -122.3321 } },
    ],
    [
      'hikvision',
      'hikvision_anpr.xml',
      { plate: 'XA12345', seenAt: Date.parse('2024-12-02T06:51:24Z'), confidence: 0.93 },
    ],
  ])('%s reads %s', (format, name, expected) => {
    const reads = readsOf(format, sample(name), UTC);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toMatchObject(expected);
  });

  it('plate-recognizer-csv reads platerecognizer_stream.csv', () => {
    const rows: Record<string, string>[] = parse(sample('platerecognizer_stream.csv'), { columns: true });
    expect(rows.flatMap((row) => readsOf('plate-recognizer-csv', row))).toMatchObject([
      {
        plate: 'SJUBI1',
        device: 'camera-1',
        seenAt: Date.parse('2021-10-27T06:20:43.970Z'),
        candidates: [{ text: 'SJU809' }],
      },
    ]);
  });

  it('a plate of another country has no state, and a receiver without a fix no place', () => {
    expect(readsOf('plate-recognizer', sample('platerecognizer_snapshot.json'), UTC)[0]).not.toHaveProperty(
      'plateState',
    );
    expect(readsOf('genetec', sample('genetec_sharpv_http.json'), UTC)[0]).not.toHaveProperty('location');
  });
});
