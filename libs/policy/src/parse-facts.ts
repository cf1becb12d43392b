import { isInstant, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import {
  ABSENT,
  SEALED,
  known,
  type Attestation,
  type Beneficiary,
  type Fact,
  type Facts,
  type LegalProcessContent,
  type Party,
  type Reach,
  type TimeWindow,
} from './facts.js';
import { PolicyError } from './policy-error.js';
import { StrictReader } from './strict-reader.js';

const LIMITS = { maxDepth: 10, maxValues: 20_000 };
const MAX_TEXT = 512;
const MAX_NARRATIVE = 4000;
const MAX_LIST = 512;

/**
 * Reads facts as `comity decide` and the policy cases write them. A member that is left out is an absent fact,
 * `{"sealed": true}` a sealed one; `null`, `[]` in place of an object and unknown members are refused (P01). Codes are
 * taken as they stand, so that `decide` can say what is wrong with them.
 *
 * @throws PolicyError `facts_malformed`, with every problem
 */
export function parseFacts(document: JsonValue): Facts {
  const reader = new FactsReader();
  const facts = reader.withinLimits(document, LIMITS) ? reader.facts(document) : undefined;
  if (!facts || reader.problems.length > 0) throw new PolicyError('facts_malformed', reader.problems);
  return facts;
}

const REQUEST_MEMBERS = [
  'kind',
  'content_kind',
  'window',
  'plate_count',
  'fan_out',
  'purpose',
  'offence',
  'exception',
  'legal_process',
  'legal_process_content',
  'approval_exists',
  'approver_distinct',
  'officer_acr',
  'officer_role',
  'case_number',
  'narrative',
];

class FactsReader extends StrictReader {
  facts(document: JsonValue): Facts {
    const facts = this.object(document, 'facts', ['requester', 'request'], ['beneficiary', 'owner']);
    return {
      requester: this.party(facts['requester'], 'requester'),
      beneficiary: this.fact(facts, 'beneficiary', 'beneficiary', (value, path) => this.beneficiary(value, path)),
      owner: this.fact(facts, 'owner', 'owner', (value, path) => this.party(value, path)),
      request: this.request(facts['request']),
    };
  }

  private request(value: JsonValue | undefined): Facts['request'] {
    const request = this.object(value, 'request', [], REQUEST_MEMBERS);
    const text = (name: string, max = MAX_TEXT): Fact<string> =>
      this.fact(request, name, `request.${name}`, (entry, path) => this.text(entry, path, max));
    const number = (name: string): Fact<number> =>
      this.fact(request, name, `request.${name}`, (entry, path) => this.number(entry, path));
    const flag = (name: string): Fact<boolean> =>
      this.fact(request, name, `request.${name}`, (entry, path) => this.flag(entry, path));
    return {
      kind: text('kind'),
      contentKind: text('content_kind'),
      window: this.fact(request, 'window', 'request.window', (entry, path) => this.window(entry, path)),
      plateCount: number('plate_count'),
      fanOut: number('fan_out'),
      purpose: text('purpose'),
      offence: text('offence'),
      exception: text('exception'),
      legalProcess: text('legal_process'),
      legalProcessContent: this.fact(request, 'legal_process_content', 'request.legal_process_content', (entry, path) =>
        this.legalProcess(entry, path),
      ),
      approvalExists: flag('approval_exists'),
      approverDistinct: flag('approver_distinct'),
      officerAcr: text('officer_acr'),
      officerRole: text('officer_role'),
      caseNumber: text('case_number'),
      narrative: text('narrative', MAX_NARRATIVE),
    };
  }

  private fact<T>(
    object: JsonObject,
    name: string,
    path: string,
    read: (value: JsonValue | undefined, path: string) => T,
  ): Fact<T> {
    if (!Object.hasOwn(object, name)) return ABSENT;
    const value = object[name];
    if (isJsonObject(value) && Object.hasOwn(value, 'sealed')) {
      const { sealed } = this.object(value, path, ['sealed'], []);
      if (sealed !== true) this.problem(path, '`sealed` can only be `true`');
      return SEALED;
    }
    return known(read(value, path));
  }

  private party(value: JsonValue | undefined, path: string): Party {
    const party = this.object(value, path, ['entity_id'], ['agency_class', 'jurisdictions', 'attestations']);
    return {
      entityId: this.line(party['entity_id'], `${path}.entity_id`, MAX_TEXT),
      agencyClass: this.fact(party, 'agency_class', `${path}.agency_class`, (entry, at) =>
        this.text(entry, at, MAX_TEXT),
      ),
      jurisdictions: this.fact(party, 'jurisdictions', `${path}.jurisdictions`, (entry, at) => this.texts(entry, at)),
      attestations: this.list(party['attestations'], `${path}.attestations`, 0, MAX_LIST).map((entry, index) =>
        this.attestation(entry, `${path}.attestations[${index}]`),
      ),
    };
  }

  private attestation(value: JsonValue, path: string): Attestation {
    const required = [
      'protection',
      'level',
      'basis',
      'statute',
      'issuer',
      'effective_from',
      'effective_until',
      'digest',
    ];
    const mark = this.object(value, path, required, ['jurisdiction', 'binds', 'own']);
    const text = (name: string): string => this.text(mark[name], `${path}.${name}`, MAX_TEXT);
    return {
      protection: text('protection'),
      level: text('level'),
      basis: text('basis'),
      statute: text('statute'),
      issuer: text('issuer'),
      reach: this.reach(mark, path),
      effectiveFromMs: this.instant(mark['effective_from'], `${path}.effective_from`),
      effectiveUntilMs:
        mark['effective_until'] === null ? null : this.instant(mark['effective_until'], `${path}.effective_until`),
      digest: text('digest'),
    };
  }

  /** `"jurisdiction": id, "binds": [classes]` for a law, or `"own": "independent" | "self-issued"` for an agency's mark. */
  private reach(mark: JsonObject, path: string): Reach {
    if (mark['own'] !== undefined) {
      if (mark['jurisdiction'] !== undefined || mark['binds'] !== undefined) {
        this.problem(path, 'either `own`, or `jurisdiction` and `binds`');
      }
      const own = this.code(mark['own'], `${path}.own`, new Set(['independent', 'self-issued']));
      return { kind: 'own', selfIssued: own !== 'independent' };
    }
    if (mark['jurisdiction'] === undefined) this.problem(path, 'either `own`, or `jurisdiction` and `binds`');
    if (mark['binds'] === undefined) this.problem(`${path}.binds`, 'is missing');
    const jurisdiction = this.line(mark['jurisdiction'], `${path}.jurisdiction`, MAX_TEXT);
    return { kind: 'jurisdiction', jurisdiction, binds: this.texts(mark['binds'], `${path}.binds`) };
  }

  /** `"none"`, a party, or `{"not_enrolled": id}`. */
  private beneficiary(value: JsonValue | undefined, path: string): Beneficiary {
    if (value === 'none') return { kind: 'none' };
    if (isJsonObject(value) && Object.hasOwn(value, 'not_enrolled')) {
      const { not_enrolled } = this.object(value, path, ['not_enrolled'], []);
      return { kind: 'not_enrolled', entityId: this.line(not_enrolled, `${path}.not_enrolled`, MAX_TEXT) };
    }
    return { kind: 'party', party: this.party(value, path) };
  }

  private window(value: JsonValue | undefined, path: string): TimeWindow {
    const window = this.object(value, path, ['from', 'until'], []);
    return {
      fromMs: this.instant(window['from'], `${path}.from`),
      untilMs: this.instant(window['until'], `${path}.until`),
    };
  }

  private legalProcess(value: JsonValue | undefined, path: string): LegalProcessContent {
    const process = this.object(value, path, ['class', 'has_reference'], []);
    return {
      class: this.text(process['class'], `${path}.class`, MAX_TEXT),
      hasReference: this.flag(process['has_reference'], `${path}.has_reference`),
    };
  }

  private instant(value: JsonValue | undefined, path: string): number {
    if (isInstant(value)) return Date.parse(value);
    if (value !== undefined) this.problem(path, 'an instant with its offset is expected');
    return Number.NaN;
  }

  private texts(value: JsonValue | undefined, path: string): readonly string[] {
    return this.list(value, path, 0, MAX_LIST).map((entry, index) => this.text(entry, `${path}[${index}]`, MAX_TEXT));
  }

  /** Any text: what it must not contain is for `decide` to say. */
  private text(value: JsonValue | undefined, path: string, max: number): string {
    if (typeof value === 'string' && value.length <= max) return value;
    if (value !== undefined) this.problem(path, `a text of at most ${max} characters is expected`);
    return '';
  }

  private number(value: JsonValue | undefined, path: string): number {
    if (typeof value === 'number') return value;
    this.problem(path, 'a number is expected');
    return Number.NaN;
  }

  private flag(value: JsonValue | undefined, path: string): boolean {
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.problem(path, '`true` or `false` is expected');
    return false;
  }
}
