import type { JsonObject, JsonValue } from '#protocol';
import type { StrictReader } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

const MAX_HOURS = 24 * 366;

/** The part of a profile that becomes a starting rule: `OwnerDemands`. */
export class OwnerDemandsReader {
  readonly #reader: StrictReader;
  readonly #vocabulary: Vocabulary;
  /** The protections that the profile states something about. */
  readonly #attested: ReadonlySet<string>;

  constructor(reader: StrictReader, vocabulary: Vocabulary, attested: ReadonlySet<string>) {
    this.#reader = reader;
    this.#vocabulary = vocabulary;
    this.#attested = attested;
  }

  read(value: JsonValue | undefined, path: string): void {
    const reader = this.#reader;
    const owner = reader.object(value, path, ['require_own'], ['recipients', 'purposes', 'tiers', 'hot_list']);
    this.#requireOwn(owner['require_own'], `${path}.require_own`, 0);
    for (const [index, entry] of reader.list(owner['recipients'], `${path}.recipients`, 1, 20).entries()) {
      this.#recipient(entry, `${path}.recipients[${index}]`);
    }
    if (owner['purposes'] !== undefined) this.#purposes(owner['purposes'], `${path}.purposes`);
    for (const [index, entry] of reader.list(owner['tiers'], `${path}.tiers`, 1, 20).entries()) {
      this.#tier(entry, `${path}.tiers[${index}]`);
    }
    if (owner['hot_list'] !== undefined) this.#hotList(owner['hot_list'], `${path}.hot_list`);
  }

  /** What the law does not say of its own agencies it cannot demand of others as its own. */
  #requireOwn(value: JsonValue | undefined, path: string, min: number): void {
    const reader = this.#reader;
    for (const [index, entry] of reader.list(value, path, min, 50).entries()) {
      const at = `${path}[${index}]`;
      const protection = reader.code(entry, at, this.#vocabulary.protections);
      if (protection !== '' && !this.#attested.has(protection)) {
        reader.problem(at, `no statement says anything of \`${protection}\``);
      }
    }
  }

  #recipient(value: JsonValue, path: string): void {
    const reader = this.#reader;
    const optional = ['jurisdictions', 'purposes', 'legal_process', 'declarations', 'source'];
    const recipient = reader.object(value, path, ['classes'], optional);
    this.#codes(recipient['classes'], `${path}.classes`, this.#vocabulary.agencyClasses);
    this.#codes(recipient['purposes'], `${path}.purposes`, this.#vocabulary.purposes);
    reader.distinct(recipient['jurisdictions'], `${path}.jurisdictions`, 60, (entry, at) =>
      reader.matching(entry, at, /^(own|[A-Z]{2,3})$/, '`own` or the id of a legal order'),
    );
    if (recipient['legal_process'] !== undefined) this.#process(recipient, path);
    for (const [index, entry] of reader.list(recipient['declarations'], `${path}.declarations`, 1, 5).entries()) {
      const at = `${path}.declarations[${index}]`;
      const declaration = reader.object(entry, at, ['declaration'], ['sworn']);
      reader.code(declaration['declaration'], `${at}.declaration`, this.#vocabulary.declarations);
      const { sworn } = declaration;
      if (sworn !== undefined && sworn !== true) reader.problem(`${at}.sworn`, '`true`, or no such member');
    }
    // Whatever narrows or opens the circle of recipients is either law, and says which, or it does not stand here.
    const narrows = optional.some((name) => recipient[name] !== undefined);
    const ownOnly = JSON.stringify(recipient['jurisdictions']) === '["own"]';
    if (narrows && !ownOnly && recipient['source'] === undefined) reader.problem(`${path}.source`, 'is missing');
    reader.line(recipient['source'], `${path}.source`, 300);
  }

  #purposes(value: JsonValue, path: string): void {
    const reader = this.#reader;
    const purposes = reader.object(value, path, ['source'], ['allow', 'deny']);
    this.#codes(purposes['allow'], `${path}.allow`, this.#vocabulary.purposes);
    this.#codes(purposes['deny'], `${path}.deny`, this.#vocabulary.purposes);
    reader.line(purposes['source'], `${path}.source`, 300);
  }

  #tier(value: JsonValue, path: string): void {
    const reader = this.#reader;
    const tier = reader.object(value, path, ['name', 'when', 'require_own', 'legal_process', 'source'], []);
    reader.line(tier['name'], `${path}.name`, 100);
    const when = reader.object(tier['when'], `${path}.when`, [], ['data_older_than_hours', 'camera_owner_classes']);
    if (Object.keys(when).length === 0) reader.problem(`${path}.when`, 'nothing is named');
    reader.integer(when['data_older_than_hours'], `${path}.when.data_older_than_hours`, 1, MAX_HOURS);
    this.#codes(when['camera_owner_classes'], `${path}.when.camera_owner_classes`, this.#vocabulary.cameraOwnerClasses);
    this.#requireOwn(tier['require_own'], `${path}.require_own`, 1);
    this.#process(tier, path);
    reader.line(tier['source'], `${path}.source`, 300);
  }

  #hotList(value: JsonValue, path: string): void {
    const reader = this.#reader;
    const list = reader.object(value, path, ['source'], ['legal_process', 'max_list_age_hours']);
    reader.code(list['legal_process'], `${path}.legal_process`, this.#vocabulary.legalProcess);
    reader.integer(list['max_list_age_hours'], `${path}.max_list_age_hours`, 1, MAX_HOURS);
    reader.line(list['source'], `${path}.source`, 300);
  }

  #process(entry: JsonObject, path: string): void {
    const process = this.#reader.object(entry['legal_process'], `${path}.legal_process`, ['at_least'], []);
    this.#reader.code(process['at_least'], `${path}.legal_process.at_least`, this.#vocabulary.legalProcess);
  }

  #codes(value: JsonValue | undefined, path: string, allowed: { has(id: string): boolean }): void {
    this.#reader.distinct(value, path, 50, (entry, at) => this.#reader.code(entry, at, allowed));
  }
}
