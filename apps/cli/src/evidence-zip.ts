import { unzipSync, zipSync, type Zippable } from 'fflate';
import { MAX_EVIDENCE_BYTES, isEvidenceFile, type EvidenceFiles } from '#exchange';
import { CliError } from './cli-error.js';

const MAX_FILES = 20_000;
/** The earliest time that a zip can state: a bundle is the same bytes whenever and wherever it is made. */
const FIXED_TIME = new Date(1980, 0, 1);

/** The one archive of these files: in their order, stored and not compressed, without times or attributes. */
export function zipEvidence(files: EvidenceFiles): Uint8Array {
  const entries: Zippable = Object.fromEntries(
    [...files].map(([name, bytes]) => [
      name,
      [new Uint8Array(bytes), { level: 0, mtime: FIXED_TIME, os: 0, attrs: 0 }],
    ]),
  );
  return zipSync(entries);
}

/**
 * The files of a bundle that may come from anybody (W22). Read in memory, by known names only, nothing compressed, each once,
 * bounded in number and size; and then the archive has to be byte for byte the one that these files make, so that two programs
 * cannot see two bundles in it, and no byte of it can be changed.
 *
 * @throws CliError `unverified`
 */
export function unzipEvidence(archive: Uint8Array): EvidenceFiles {
  if (archive.length > MAX_EVIDENCE_BYTES) throw refused('it is too large');
  const names: string[] = [];
  const unzipped = attempt(() =>
    unzipSync(archive, {
      filter: ({ name, compression, size, originalSize }) => {
        names.push(name);
        if (!isEvidenceFile(name)) throw refused('it holds a file that no bundle has');
        if (compression !== 0 || size !== originalSize) throw refused('a file in it is compressed');
        if (names.length > MAX_FILES) throw refused('it holds too many files');
        return true;
      },
    }),
  );
  if (new Set(names).size !== names.length) throw refused('a name is in it twice');
  const files = new Map(names.map((name) => [name, unzipped[name] ?? new Uint8Array()]));
  if (!Buffer.from(zipEvidence(files)).equals(archive)) throw refused('its bytes are not those of a bundle');
  return files;
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // Whatever the library makes of hostile bytes is one refusal.
    throw error instanceof CliError ? error : refused('it is no archive', error);
  }
}

function refused(reason: string, cause?: unknown): CliError {
  return new CliError('unverified', `the file is no evidence bundle: ${reason}`, {}, { cause });
}
