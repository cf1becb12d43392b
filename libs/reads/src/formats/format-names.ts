import type { JsonValue } from '#protocol';
import { axis } from './axis.js';
import { frigate } from './frigate.js';
import { genetec } from './genetec.js';
import { hikvision } from './hikvision.js';
import { niem } from './niem.js';
import { Part } from './part.js';
import { plateRecognizer, plateRecognizerCsv } from './plate-recognizer.js';
import type { ReadFormat } from './read-format.js';
import { rekor } from './rekor.js';

/** By what name people choose a format, in the order in which they are listed. A CSV file with a mapping is `csv`. */
export const FORMATS = {
  rekor,
  'plate-recognizer': plateRecognizer,
  'plate-recognizer-csv': plateRecognizerCsv,
  frigate,
  genetec,
  hikvision,
  axis,
  niem,
} as const satisfies Record<string, ReadFormat>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** What each is, for lists that people read. */
export const FORMAT_TITLES: Readonly<Record<FormatName, string>> = {
  rekor: 'Rekor Scout, OpenALPR: alpr_group and alpr_results, JSON',
  'plate-recognizer': 'Plate Recognizer: webhook and lines of Stream, answers of Snapshot, JSON',
  'plate-recognizer-csv': 'Plate Recognizer Stream, CSV',
  frigate: 'Frigate: events and tracked_object_update, JSON',
  genetec: 'Genetec SharpV: JSON over HTTP, XML over FTP',
  hikvision: 'Hikvision: XML, alone or in a multipart body',
  axis: 'AXIS License Plate Verifier: NEW, UPDATE, LOST, JSON',
  niem: 'JSON shaped as NIEM names things',
};

export function isFormatName(text: string): text is FormatName {
  return Object.hasOwn(FORMATS, text);
}

/** The format whose members a record has, so that whoever named another one can be told. */
export function recogniseFormat(value: JsonValue): FormatName | undefined {
  const record = new Part(value);
  return FORMAT_NAMES.find((name) => FORMATS[name].recognises(record));
}
