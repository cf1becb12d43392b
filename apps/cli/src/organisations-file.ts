import { parse } from 'csv-parse/sync';
import { classOfRole, type OrganisationList } from '#policy';
import { CliError } from './cli-error.js';
import { readInput } from './input-file.js';

/**
 * A reviewed list of the organisations that searched: CSV with a header, any of `slug`, `flock_names` or `name` (several
 * names parted by `|`) to find them by, `state`, and `class` or else `agency_role` and `agency_type`.
 *
 * @throws CliError `usage`
 */
export async function readOrganisations(path: string): Promise<OrganisationList> {
  const text = await readInput(path);
  const list = new Map<string, { state?: string; agencyClass?: string }>();
  for (const row of rowsOf(text, path)) {
    const { state = '', class: given = '', agency_role: role = '', agency_type: type = '' } = row;
    const agencyClass = given === '' ? classOfRole(role, type) : given;
    const about = { ...(state === '' ? {} : { state }), ...(agencyClass === undefined ? {} : { agencyClass }) };
    for (const name of ['slug', 'flock_names', 'name'].flatMap((column) => (row[column] ?? '').split('|'))) {
      if (name.trim() !== '') list.set(name.trim().toLowerCase(), about);
    }
  }
  return list;
}

function rowsOf(text: string, path: string): Partial<Record<string, string>>[] {
  try {
    return parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw new CliError('usage', `\`${path}\` is no CSV with a header`, {}, { cause });
  }
}
