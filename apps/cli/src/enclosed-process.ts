import { readProcess } from '#exchange';
import { TrustError } from '#trust';
import { CliError } from './cli-error.js';
import { readInput } from './input-file.js';

/** A signed order, warrant or attestation in a file, as `comity court sign` or `comity warrant attest` wrote it. */
export async function enclosedProcess(path: string): Promise<{ token: string; class: string }> {
  const token = (await readInput(path)).trim();
  try {
    return { token, class: readProcess(token).bounds.class };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new CliError(
      'usage',
      `\`${path}\` is no order or warrant: ${cause.message}`,
      { remedy: 'it is the file that comity court sign or comity warrant attest wrote; a paper is attested first' },
      { cause },
    );
  }
}
