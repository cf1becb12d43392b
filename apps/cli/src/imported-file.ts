import {
  FORMAT_NAMES,
  FORMAT_TITLES,
  ReadsError,
  isCameraOwnerClass,
  isFormatName,
  parseColumnMapping,
  CAMERA_OWNER_CLASSES,
  type SourceFacts,
} from '#reads';
import type { ImportedFile } from '#reads/io';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/** What the options say of the file, beside its name. */
export interface FileOptions {
  readonly format: string;
  readonly mapping?: string;
  readonly timeZone?: string;
  readonly cameraOwnerClass?: string;
  readonly source?: string;
  readonly device?: string;
  readonly location?: string;
}

const REMEDY = 'comity reads import --help';

/** The list for `--help`. */
export const FORMAT_LIST = ['csv', ...FORMAT_NAMES]
  .map(
    (name) =>
      `  ${name.padEnd(22)}${isFormatName(name) ? FORMAT_TITLES[name] : 'any CSV with a header row, by --mapping'}`,
  )
  .join('\n');

/**
 * The options as the import takes them. A mapping says all that a CSV file needs; the formats of cameras do not say whose
 * camera it was, so that the options have to.
 * @throws CliError `usage`; ReadsError of a mapping
 */
export async function importedFileOf(options: FileOptions): Promise<ImportedFile> {
  const { format, mapping, timeZone } = options;
  if (format === 'csv') {
    const own = (['cameraOwnerClass', 'source', 'device', 'location'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (own !== undefined) throw usage(`for a CSV file the mapping says \`${own}\`, not an option`);
    if (mapping === undefined) throw usage('a CSV file wants --mapping; or name another format with --format');
    return { format, mapping: parseColumnMapping(await readJsonInput(mapping)), timeZone };
  }
  if (!isFormatName(format)) throw usage(`\`${format}\` is no format`, ['csv', ...FORMAT_NAMES]);
  if (mapping !== undefined) throw usage('--mapping is for CSV files; this format names its own members');
  return { format, facts: factsOf(options), timeZone };
}

function factsOf({ cameraOwnerClass, source, device, location }: FileOptions): SourceFacts {
  if (cameraOwnerClass === undefined || !isCameraOwnerClass(cameraOwnerClass)) {
    throw usage('whose cameras are they? --camera-owner-class', CAMERA_OWNER_CLASSES);
  }
  if (source === undefined || source.trim() === '') {
    throw usage('which system does it come from? --source NAME, the same for each of its files');
  }
  return {
    cameraOwnerClass,
    source,
    ...(device !== undefined && { device }),
    ...(location !== undefined && { location: locationOf(location) }),
  };
}

/** `44.0582,-121.3153`. @throws CliError `usage` */
export function locationOf(text: string): { lat: number; lon: number } {
  const [lat = NaN, lon = NaN] = text
    .split(',')
    .map((part) => (/^-?\d+(\.\d+)?$/.test(part.trim()) ? Number(part) : NaN));
  const isPlace =
    text.split(',').length === 2 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  if (!isPlace) {
    throw new CliError('usage', '--location is a place as LAT,LON in degrees, such as 44.0582,-121.3153', {
      remedy: 'latitude first; south and west are negative',
    });
  }
  return { lat, lon };
}

function usage(message: string, choices: readonly string[] = []): CliError {
  return new CliError('usage', message, {
    remedy: REMEDY,
    details: choices.length === 0 ? [] : [`one of ${choices.join(', ')}`],
  });
}

/** What an import could not do, and what to do about it. */
export function importProblem(error: ReadsError): CliError {
  const { at, line } = error.evidence;
  const isNamed = at !== undefined && !error.message.includes(at);
  const place = [...(isNamed ? [`at \`${at}\``] : []), ...(line === undefined ? [] : [`in line ${line}`])];
  const message = [error.message, ...place].join(' ');
  const more = { problem: error.code };
  if (error.code === 'store_away') {
    return new CliError('unreachable', message, { ...more, remedy: 'try again when the database is back' });
  }
  if (error.code === 'store_failed') {
    return new CliError('refused', message, { ...more, remedy: 'start the agency’s node once: it makes the tables' });
  }
  return new CliError('usage', message, { ...more, remedy: REMEDY });
}
