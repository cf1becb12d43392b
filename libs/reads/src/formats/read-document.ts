import { parseStrictJson, ProtocolError, type JsonValue } from '#protocol';
import { Rejected } from '../rejection.js';
import type { CaptureContext, FormatRecord, ImagePart, RecordOutcome } from './captured-read.js';
import { FORMATS, type FormatName } from './format-names.js';
import { Part } from './part.js';
import { rejected } from './read-format.js';
import { parseXml } from './xml.js';

/** Deeper than any of these formats; the reader refuses before it recurses. */
const MAX_DEPTH = 24;
const RECORDS_MAX = 1_000;

/** Every sighting of one record; a record of another format is one rejection. */
export function readRecord(format: FormatName, record: FormatRecord, context: CaptureContext): RecordOutcome[] {
  const reader = FORMATS[format];
  if (!reader.recognises(new Part(record.value))) return [rejected('', 'format_mismatch')];
  return reader.read(record, context);
}

/**
 * Every sighting of a document: one record, or a JSON list of them. Nothing in it throws; what cannot be read is a
 * rejection that says where. @param document the bytes as they came, at most what the caller takes in
 */
export function readDocument(
  format: FormatName,
  document: string | Uint8Array,
  context: CaptureContext,
  images: readonly ImagePart[] = [],
): RecordOutcome[] {
  const value = documentValue(document);
  return value instanceof Rejected ? [rejected('', value.reason)] : readValue(format, value, context, images);
}

/** As `readDocument`, of a value that was read already. */
export function readValue(
  format: FormatName,
  value: JsonValue,
  context: CaptureContext,
  images: readonly ImagePart[] = [],
): RecordOutcome[] {
  if (!Array.isArray(value)) return readRecord(format, { value, images }, context);
  if (value.length > RECORDS_MAX) return [rejected('', 'too_many_reads')];
  return value.flatMap((item, index) =>
    readRecord(format, { value: item, images }, context).map((outcome) => ({
      ...outcome,
      at: outcome.at === '' ? `[${index}]` : `[${index}].${outcome.at}`,
    })),
  );
}

/** The value that JSON or XML states, told apart by the first character. A rejection where it is neither. */
export function documentValue(document: string | Uint8Array): JsonValue | Rejected {
  try {
    const text = typeof document === 'string' ? document : new TextDecoder('utf-8', { fatal: true }).decode(document);
    if (/^[\s\ufeff]*</.test(text)) return parseXml(text);
    return parseStrictJson(text, { maxBytes: Number.MAX_SAFE_INTEGER, maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof Rejected) return error;
    // A TypeError is the decoder's: not UTF-8.
    if (error instanceof ProtocolError || error instanceof TypeError) return new Rejected('record_malformed');
    throw error;
  }
}
