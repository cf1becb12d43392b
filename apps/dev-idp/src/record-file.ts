import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { isJsonObject, parseStrictObject } from '#protocol';

export interface RecordFile<T> {
  readonly records: readonly T[];
  readonly problems: readonly string[];
}

/**
 * Reads `{ "<member>": [ ... ] }`, every entry a `Shape`. Each entry is checked to be an object before it meets the
 * validator, which lets an array pass where an object is due.
 */
export function readRecordFile<T extends object>(text: string, member: string, Shape: new () => T): RecordFile<T> {
  const file = parseStrictObject(text);
  const entries = file[member];
  if (!Array.isArray(entries) || entries.length === 0 || Object.keys(file).length !== 1) {
    return { records: [], problems: [`a list \`${member}\` with at least one entry is expected, and nothing else`] };
  }
  const records: T[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if (!isJsonObject(entry)) {
      problems.push(`${member}[${index}] is not an object`);
      continue;
    }
    const record = plainToInstance(Shape, entry);
    const errors = validateSync(record, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
    problems.push(...errors.flatMap((error) => describe(`${member}[${index}]`, error)));
    records.push(record);
  }
  return { records, problems };
}

/** Names the place and the rule, never the value: a password or a secret may stand there. */
function describe(place: string, error: ValidationError): string[] {
  return Object.values(error.constraints ?? {}).map((rule) => `${place}: ${rule}`);
}
