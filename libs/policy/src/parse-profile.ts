import { canonicalJson, isInstant, type JsonObject, type JsonValue } from '#protocol';
import { deepFreeze } from './frozen.js';
import { overlappingStatements } from './law-in-force.js';
import { PolicyError } from './policy-error.js';
import { CONFIDENCES, PROFILE_SCHEMA, type Profile } from './profile.js';
import { OwnerDemandsReader } from './profile-owner-reader.js';
import { StrictReader } from './strict-reader.js';
import { vocabularyByDigest, type Vocabulary } from './vocabulary.js';

const MAX_BYTES = 256 * 1024;
const LIMITS = { maxDepth: 8, maxValues: 10_000 };
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const HEAD = ['schema', 'id', 'name', 'version', 'replaces', 'vocabulary', 'as_of', 'notice'];
export const PROFILE_ID = /^[A-Z]{2,3}$/;

/**
 * Reads a profile. Unknown members, words that its vocabulary does not have, a statement without citation, source, day or
 * confidence, two statements about one protection at one time, and a demand of the owner that no statement supports are
 * refused, and the error lists all of them with their places. What comes back is a frozen copy.
 *
 * @throws PolicyError `profile_malformed`
 */
export function parseProfile(document: JsonValue): Profile {
  const reader = new StrictReader();
  if (reader.withinLimits(document, LIMITS)) {
    if (canonicalJson(document).length > MAX_BYTES) reader.problem('document', `larger than ${MAX_BYTES} bytes`);
    else new ProfileReader(reader).read(document);
  }
  if (reader.problems.length === 0) {
    // Every member has been looked at by name and none is unknown, so the document is the profile.
    const profile = structuredClone(document) as unknown as Profile;
    for (const problem of overlappingStatements(profile)) reader.problem(problem.path, problem.message);
    if (reader.problems.length === 0) return deepFreeze(profile);
  }
  throw new PolicyError('profile_malformed', reader.problems);
}

class ProfileReader {
  constructor(private readonly reader: StrictReader) {}

  read(document: JsonValue): void {
    const { reader } = this;
    const profile = reader.object(
      document,
      'profile',
      [...HEAD, 'binds', 'statements', 'unverified', 'remarks', 'owner'],
      [],
    );
    reader.code(profile['schema'], 'schema', new Set([PROFILE_SCHEMA]));
    reader.matching(profile['id'], 'id', PROFILE_ID, 'two letters of a state or three of a country');
    reader.line(profile['name'], 'name', 100);
    const version = reader.integer(profile['version'], 'version', 1, 10_000);
    if (version === 1 ? profile['replaces'] !== null : typeof profile['replaces'] !== 'string') {
      reader.problem('replaces', 'the digest of the version before is expected, and `null` for the first');
    } else if (version > 1) reader.matching(profile['replaces'], 'replaces', DIGEST, 'a digest');
    this.#day(profile['as_of'], 'as_of');
    reader.line(profile['notice'], 'notice', 500);
    const vocabulary =
      typeof profile['vocabulary'] === 'string' ? vocabularyByDigest(profile['vocabulary']) : undefined;
    if (!vocabulary) reader.problem('vocabulary', 'not the digest of a known vocabulary');
    else this.#body(profile, vocabulary);
  }

  #body(profile: JsonObject, vocabulary: Vocabulary): void {
    const { reader } = this;
    const binds = reader.object(profile['binds'], 'binds', ['classes', 'reading'], []);
    this.#classes(binds['classes'], 'binds.classes', vocabulary);
    reader.line(binds['reading'], 'binds.reading', 500);
    const attested = new Set<string>();
    for (const [index, entry] of reader.list(profile['statements'], 'statements', 0, 200).entries()) {
      attested.add(this.#statement(entry, `statements[${index}]`, vocabulary));
    }
    for (const [index, entry] of reader.list(profile['unverified'], 'unverified', 0, 100).entries()) {
      this.#unverified(entry, `unverified[${index}]`, vocabulary);
    }
    for (const [index, entry] of reader.list(profile['remarks'], 'remarks', 0, 100).entries()) {
      const remark = this.#readPlace(entry, `remarks[${index}]`, ['confidence'], []);
      reader.code(remark['confidence'], `remarks[${index}].confidence`, new Set(CONFIDENCES));
    }
    new OwnerDemandsReader(reader, vocabulary, attested).read(profile['owner'], 'owner');
  }

  /** The protection that it is about. */
  #statement(value: JsonValue, path: string, vocabulary: Vocabulary): string {
    const { reader } = this;
    const members = ['protection', 'level', 'basis', 'confidence', 'effective_from', 'effective_until'];
    const statement = this.#readPlace(value, path, members, ['binds']);
    const protection = this.#level(statement, path, vocabulary);
    if (vocabulary.protections.get(protection)?.subject === 'agency') {
      reader.problem(`${path}.protection`, 'a fact about one agency, which no law of a legal order attests');
    }
    reader.code(statement['basis'], `${path}.basis`, vocabulary.bases);
    reader.code(statement['confidence'], `${path}.confidence`, new Set(CONFIDENCES));
    const { effective_from: from, effective_until: until } = statement;
    for (const [name, instant] of Object.entries({ effective_from: from, effective_until: until })) {
      if (instant !== undefined && instant !== null && !isInstant(instant)) {
        reader.problem(`${path}.${name}`, 'an instant with its offset, or `null`');
      }
    }
    if (isInstant(from) && isInstant(until) && Date.parse(from) >= Date.parse(until)) {
      reader.problem(path, 'it ends before it takes effect');
    }
    if (statement['binds'] !== undefined) this.#classes(statement['binds'], `${path}.binds`, vocabulary);
    return protection;
  }

  #unverified(value: JsonValue, path: string, vocabulary: Vocabulary): void {
    const note = this.#readPlace(value, path, ['protection', 'level', 'why'], []);
    this.reader.line(note['why'], `${path}.why`, 500);
    const { protection, level } = note;
    if (protection === null && level !== null) this.reader.problem(`${path}.level`, 'the level of no protection');
    if (protection !== null && level === null) {
      this.reader.code(protection, `${path}.protection`, vocabulary.protections);
    } else if (protection !== null) this.#level(note, path, vocabulary);
  }

  #level(entry: JsonObject, path: string, vocabulary: Vocabulary): string {
    const protection = this.reader.code(entry['protection'], `${path}.protection`, vocabulary.protections);
    const levels = new Set(vocabulary.protections.get(protection)?.levels.map(({ id }) => id));
    if (protection !== '') this.reader.code(entry['level'], `${path}.level`, levels);
    return protection;
  }

  /** An entry that says where and when it was read: none goes without. */
  #readPlace(value: JsonValue, path: string, required: readonly string[], optional: readonly string[]): JsonObject {
    const { reader } = this;
    const entry = reader.object(value, path, [...required, 'citation', 'reading', 'source', 'as_of'], optional);
    for (const name of ['citation', 'reading', 'source']) reader.line(entry[name], `${path}.${name}`, 300);
    this.#day(entry['as_of'], `${path}.as_of`);
    return entry;
  }

  #classes(value: JsonValue | undefined, path: string, vocabulary: Vocabulary): void {
    this.reader.distinct(value, path, 50, (entry, at) => this.reader.code(entry, at, vocabulary.agencyClasses));
  }

  #day(value: JsonValue | undefined, path: string): void {
    const day = this.reader.matching(value, path, /^\d{4}-\d{2}-\d{2}$/, 'a day');
    if (day !== '' && !isInstant(`${day}T00:00:00Z`)) this.reader.problem(path, 'not a day of the calendar');
  }
}
