import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { ACCESS_LISTS, type Access, type AccessBody } from './access.js';
import type { Attestation, Beneficiary, Fact, Facts, Party, Reach } from './facts.js';
import { MAX_TEXT } from './facts-reader.js';
import { RequestReader } from './parse-request-facts.js';
import { PolicyError } from './policy-error.js';

const LIMITS = { maxDepth: 10, maxValues: 20_000 };
const MAX_LIST = 512;

/**
 * Reads facts as `comity decide` and the policy cases write them. A member that is left out is an absent fact,
 * `{"sealed": true}` a sealed one; `null`, `[]` in place of an object and unknown members are refused (P01). Codes are
 * taken as they stand, so that `decide` can say what is wrong with them.
 *
 * @throws PolicyError `facts_malformed`, with every problem
 */
export function parseFacts(document: JsonValue): Facts {
  const reader = new DocumentReader();
  const facts = reader.withinLimits(document, LIMITS) ? reader.facts(document) : undefined;
  if (!facts || reader.problems.length > 0) throw new PolicyError('facts_malformed', reader.problems);
  return facts;
}

class DocumentReader extends RequestReader {
  facts(document: JsonValue): Facts {
    const facts = this.object(document, 'facts', ['requester', 'request'], ['beneficiary', 'owner', 'with_access']);
    return {
      requester: this.party(facts['requester'], 'requester'),
      beneficiary: this.fact(facts, 'beneficiary', 'beneficiary', (value, path) => this.beneficiary(value, path)),
      owner: this.fact(facts, 'owner', 'owner', (value, path) => this.party(value, path)),
      withAccess: this.list(facts['with_access'] ?? [], 'with_access', 0, MAX_LIST).map((entry, index) =>
        this.party(entry, `with_access[${index}]`),
      ),
      request: this.request(facts['request']),
    };
  }

  private party(value: JsonValue | undefined, path: string): Party {
    const party = this.object(value, path, ['entity_id'], ['agency_class', 'jurisdictions', 'attestations', 'access']);
    return {
      entityId: this.line(party['entity_id'], `${path}.entity_id`, MAX_TEXT),
      agencyClass: this.fact(party, 'agency_class', `${path}.agency_class`, (entry, at) =>
        this.text(entry, at, MAX_TEXT),
      ),
      jurisdictions: this.fact(party, 'jurisdictions', `${path}.jurisdictions`, (entry, at) => this.texts(entry, at)),
      attestations: this.list(party['attestations'], `${path}.attestations`, 0, MAX_LIST).map((entry, index) =>
        this.attestation(entry, `${path}.attestations[${index}]`),
      ),
      access: this.access(Object.hasOwn(party, 'access') ? party['access'] : {}, `${path}.access`),
    };
  }

  /** Each list with the bodies on it; one that is left out is not stated. */
  private access(value: JsonValue | undefined, path: string): Access {
    const members = ACCESS_LISTS.map(({ member }) => member);
    const access = this.object(value, path, [], members);
    const list = (member: string): Fact<readonly AccessBody[]> =>
      this.fact(access, member, `${path}.${member}`, (entry, at) =>
        this.list(entry, at, 0, MAX_LIST).map((body, index) => this.accessBody(body, `${at}[${index}]`)),
      );
    return {
      controllingBodies: list('controlling_bodies'),
      taskForces: list('task_forces'),
      sharedCentres: list('shared_centres'),
      sharedSignIns: list('shared_sign_ins'),
    };
  }

  /** `{"entity_id": id}` of a body that is enrolled, or `{"name": name}` of one that is not. */
  private accessBody(value: JsonValue, path: string): AccessBody {
    const body = this.object(value, path, [], ['entity_id', 'name']);
    if ((body['entity_id'] === undefined) === (body['name'] === undefined)) {
      this.problem(path, 'either `entity_id` or `name`');
    }
    return body['entity_id'] === undefined
      ? { name: this.line(body['name'], `${path}.name`, MAX_TEXT) }
      : { entityId: this.line(body['entity_id'], `${path}.entity_id`, MAX_TEXT) };
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
}
