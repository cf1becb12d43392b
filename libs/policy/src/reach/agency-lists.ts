import { PolicyError } from '../policy-error.js';
import { quoted } from '../strict-reader.js';
import type { Problem } from '../problem.js';
import { stateCode } from './agency-name.js';

/** A row of a table with its header's names. */
export type TableRow = Readonly<Record<string, string>>;

/** One agency of a register of organisations (`agencies.csv`). */
export interface RegisteredAgency {
  /** The id under which a sharing graph names it as an owner. */
  readonly slug: string;
  /** Every name that the vendor has for it. */
  readonly names: readonly string[];
  readonly state?: string;
  readonly role: string;
  readonly type: string;
  readonly tags: readonly string[];
}

/** One agreement under section 287(g) of the Immigration and Nationality Act (8 U.S.C. 1357(g)). */
export interface Agreement287g {
  /** USPS code. */
  readonly state: string;
  readonly agency: string;
  readonly model: AgreementModel;
  /** Day of signature as listed, where one is. */
  readonly signed?: string;
}

/** As the published list names its models, and as the vocabulary names the levels. */
export const AGREEMENT_MODELS = {
  'task force model': 'task-force-model',
  'jail enforcement model': 'jail-enforcement-model',
  'warrant service officer': 'warrant-service-officer',
} as const;
export type AgreementModel = (typeof AGREEMENT_MODELS)[keyof typeof AGREEMENT_MODELS];

/** A register, and the rows of it that name nobody on the network: places that somebody watches. */
export interface AgencyRegister {
  readonly agencies: readonly RegisteredAgency[];
  readonly withoutName: readonly string[];
}

/** @throws PolicyError `reach_malformed` where a column is missing, or a row has an id and no name, or a name and no id */
export function readRegisteredAgencies(rows: readonly TableRow[]): AgencyRegister {
  const problems = missingColumns(rows, ['slug', 'flock_names', 'agency_role', 'agency_type', 'state', 'tags']);
  const isNamed = (row: TableRow): boolean => row['slug']?.trim() !== '' || listed(row['flock_names']).length > 0;
  const agencies =
    problems.length > 0
      ? []
      : rows.flatMap((row, index) => (isNamed(row) ? agencyOf(row, `row ${index + 2}`, problems) : []));
  if (problems.length > 0) throw new PolicyError('reach_malformed', problems.slice(0, 100));
  const places = rows
    .filter((row) => !isNamed(row))
    .map((row) => [row['geo_name'], row['state']].filter((text) => text).join(', '));
  return { agencies, withoutName: places };
}

function agencyOf(row: TableRow, path: string, problems: Problem[]): RegisteredAgency {
  const names = listed(row['flock_names']);
  const slug = (row['slug'] ?? '').trim();
  if (slug === '') problems.push({ path, message: '`slug` is empty' });
  if (names.length === 0) problems.push({ path, message: '`flock_names` is empty' });
  const state = stateCode(row['state'] ?? '');
  if ((row['state'] ?? '').trim() !== '' && state === undefined) {
    problems.push({ path, message: `\`state\` ${quoted(row['state'])} is no state` });
  }
  const role = (row['agency_role'] ?? '').trim();
  const type = (row['agency_type'] ?? '').trim();
  return { slug, names, role, type, tags: listed(row['tags']), ...(state !== undefined && { state }) };
}

/**
 * The list that the federal authority publishes: spaces around values, states in capitals, an agency once for each model.
 *
 * @throws PolicyError `reach_malformed` where a column is missing, or a row has a state or model that nobody knows
 */
export function readAgreements(rows: readonly TableRow[]): readonly Agreement287g[] {
  const problems = missingColumns(rows, ['STATE', 'LAW ENFORCEMENT AGENCY', 'SUPPORT TYPE']);
  const agreements =
    problems.length > 0 ? [] : rows.flatMap((row, index) => agreementOf(row, `row ${index + 2}`, problems));
  if (problems.length > 0) throw new PolicyError('reach_malformed', problems.slice(0, 100));
  return agreements;
}

function agreementOf(row: TableRow, path: string, problems: Problem[]): Agreement287g[] {
  const state = stateCode(row['STATE'] ?? '');
  const agency = (row['LAW ENFORCEMENT AGENCY'] ?? '').trim();
  const named = (row['SUPPORT TYPE'] ?? '').trim().toLowerCase();
  const model = isModel(named) ? AGREEMENT_MODELS[named] : undefined;
  if (state === undefined) problems.push({ path, message: `\`STATE\` ${quoted(row['STATE'])} is no state` });
  if (agency === '') problems.push({ path, message: '`LAW ENFORCEMENT AGENCY` is empty' });
  if (model === undefined)
    problems.push({ path, message: `\`SUPPORT TYPE\` ${quoted(row['SUPPORT TYPE'])} is no model` });
  const signed = /^\d{4}-\d{2}-\d{2}$/.exec((row['SIGNED'] ?? '').trim())?.[0];
  if (state === undefined || model === undefined) return [];
  return [{ state, agency, model, ...(signed !== undefined && { signed }) }];
}

function isModel(text: string): text is keyof typeof AGREEMENT_MODELS {
  return Object.hasOwn(AGREEMENT_MODELS, text);
}

function missingColumns(rows: readonly TableRow[], columns: readonly string[]): Problem[] {
  const [first] = rows;
  if (first === undefined) return [{ path: 'table', message: 'it has no rows' }];
  return columns
    .filter((column) => !Object.hasOwn(first, column))
    .map((column) => ({ path: 'header', message: `the column \`${column}\` is missing` }));
}

function listed(text = ''): string[] {
  return text
    .split('|')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
