import { isInstant, type JsonValue } from '#protocol';
import { PolicyError } from './policy-error.js';
import { StrictReader } from './strict-reader.js';
import { VOCABULARY } from './vocabulary.js';

export const LAW_SCHEMA = 'comity-law/v1';

/** One thing that a law is read to say: what an authority would sign as a trust mark. */
export interface LawStatement {
  readonly protection: string;
  readonly level: string;
  readonly basis: string;
  readonly statute: string;
  /** Classes of agency that the law reaches. */
  readonly binds: readonly string[];
  /** Instants. */
  readonly effective_from: string;
  readonly effective_until: string | null;
  /** `H` primary text seen, `M` summary or press seen, `L` not verified. */
  readonly confidence: string;
  readonly source: string;
  readonly as_of: string;
  /** How the source was read, and what was not verified. */
  readonly reading: string;
}

/** What a superior states about one agency of its own. */
export interface AgencyStatement {
  readonly agency: string;
  readonly protection: string;
  readonly level: string;
  readonly basis: string;
  readonly statute: string;
  readonly effective_from: string;
  readonly effective_until: string | null;
}

/** A draft for an authority to sign. Nothing in it is law until one has. */
export interface LawOfJurisdiction {
  readonly schema: typeof LAW_SCHEMA;
  /** USPS code. */
  readonly jurisdiction: string;
  readonly name: string;
  readonly demonstration: true;
  readonly notice: string;
  readonly attests: readonly LawStatement[];
  /** Protections on which nothing is attested, and why. */
  readonly silent: readonly { readonly protection: string; readonly why: string }[];
  readonly agencies: readonly AgencyStatement[];
}

const LIMITS = { maxDepth: 6, maxValues: 4000 };
const STATEMENT = ['protection', 'level', 'basis', 'statute', 'effective_from', 'effective_until'];

/** @throws PolicyError `attestations_malformed`, with every problem */
export function parseLaw(document: JsonValue): LawOfJurisdiction {
  const reader = new StrictReader();
  if (reader.withinLimits(document, LIMITS)) readLaw(reader, document);
  if (reader.problems.length > 0) throw new PolicyError('attestations_malformed', reader.problems);
  return structuredClone(document) as unknown as LawOfJurisdiction;
}

function readLaw(reader: StrictReader, document: JsonValue): void {
  const members = ['schema', 'jurisdiction', 'name', 'demonstration', 'notice', 'attests', 'silent', 'agencies'];
  const law = reader.object(document, 'law', members, []);
  reader.code(law['schema'], 'schema', new Set([LAW_SCHEMA]));
  reader.matching(law['jurisdiction'], 'jurisdiction', /^[A-Z]{2}$/, 'a USPS code');
  reader.line(law['name'], 'name', 100);
  reader.line(law['notice'], 'notice', 500);
  if (law['demonstration'] !== true) reader.problem('demonstration', '`true` is expected');
  for (const [index, entry] of reader.list(law['attests'], 'attests', 0, 100).entries()) {
    readLawStatement(reader, entry, `attests[${index}]`);
  }
  for (const [index, entry] of reader.list(law['silent'], 'silent', 0, 100).entries()) {
    const silent = reader.object(entry, `silent[${index}]`, ['protection', 'why'], []);
    reader.code(silent['protection'], `silent[${index}].protection`, VOCABULARY.protections);
    reader.line(silent['why'], `silent[${index}].why`, 300);
  }
  for (const [index, entry] of reader.list(law['agencies'], 'agencies', 0, 100).entries()) {
    const path = `agencies[${index}]`;
    const statement = reader.object(entry, path, ['agency', ...STATEMENT], []);
    reader.line(statement['agency'], `${path}.agency`, 100);
    readStatement(reader, statement, path);
  }
}

function readLawStatement(reader: StrictReader, value: JsonValue, path: string): void {
  const statement = reader.object(value, path, [...STATEMENT, 'binds', 'confidence', 'source', 'as_of', 'reading'], []);
  readStatement(reader, statement, path);
  reader.distinct(statement['binds'], `${path}.binds`, 50, (entry, at) =>
    reader.code(entry, at, VOCABULARY.agencyClasses),
  );
  reader.code(statement['confidence'], `${path}.confidence`, new Set(['H', 'M', 'L']));
  reader.line(statement['source'], `${path}.source`, 300);
  reader.matching(statement['as_of'], `${path}.as_of`, /^\d{4}-\d{2}-\d{2}$/, 'a day');
  reader.line(statement['reading'], `${path}.reading`, 500);
}

function readStatement(reader: StrictReader, statement: Readonly<Record<string, JsonValue>>, path: string): void {
  const protection = reader.code(statement['protection'], `${path}.protection`, VOCABULARY.protections);
  const levels = new Set(VOCABULARY.protections.get(protection)?.levels.map(({ id }) => id));
  if (protection !== '') reader.code(statement['level'], `${path}.level`, levels);
  reader.code(statement['basis'], `${path}.basis`, VOCABULARY.bases);
  reader.line(statement['statute'], `${path}.statute`, 300);
  if (!isInstant(statement['effective_from'])) reader.problem(`${path}.effective_from`, 'an instant is expected');
  if (statement['effective_until'] !== null && !isInstant(statement['effective_until'])) {
    reader.problem(`${path}.effective_until`, 'an instant, or `null` for no end');
  }
}
