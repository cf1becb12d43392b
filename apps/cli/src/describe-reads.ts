import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { vehicleWords } from './describe-query.js';
import { table } from './table.js';
import type { Line } from './terminal.js';

const COLUMNS: readonly (readonly [string, (read: JsonObject) => string])[] = [
  ['plate', (read) => text(read['plate'])],
  ['companion', (read) => text(read['companion'])],
  ['state', (read) => text(read['plate_state'])],
  ['seen at', (read) => text(read['seen_at'])],
  ['time', (read) => withinText(read['time_precision_seconds'], 's later')],
  ['place', (read) => place(read['location'])],
  ['exact', (read) => withinText(read['place_precision_metres'], 'm')],
  ['camera', (read) => text(read['device'])],
  ['heading', (read) => (typeof read['direction'] === 'number' ? `${Math.round(read['direction'])}°` : '')],
  ['vehicle', (read) => vehicleWords(read['vehicle'])],
  ['confidence', (read) => percent(read['confidence'])],
  ['also read as', (read) => candidates(read['candidates'])],
  ['camera owner', (read) => text(read['camera_owner_class'])],
];

/** What was given of each read; columns that are empty in all are left out. */
export function readLines(reads: readonly JsonObject[]): Line[] {
  const headers = COLUMNS.map(([header]) => header);
  const rows = reads.map((read) => COLUMNS.map(([, cell]) => cell(read)));
  return table(headers, rows, '  ');
}

function place(location: JsonValue | undefined): string {
  if (!isJsonObject(location)) return '';
  const { lat, lon } = location;
  return typeof lat === 'number' && typeof lon === 'number' ? `${lat.toFixed(5)}, ${lon.toFixed(5)}` : '';
}

function candidates(value: JsonValue | undefined): string {
  const list = Array.isArray(value) ? value.filter(isJsonObject) : [];
  return list.map((each) => [text(each['text']), percent(each['confidence'])].join(' ').trim()).join(', ');
}

const withinText = (value: JsonValue | undefined, unit: string): string =>
  typeof value === 'number' ? `up to ${value} ${unit}` : '';
const percent = (value: JsonValue | undefined): string =>
  typeof value === 'number' ? `${Math.round(value * 100)} %` : '';
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
