import type { DataSource } from 'typeorm';
import { digestOf, type Clock, type JsonObject, type KeySet } from '#protocol';
import { parseEntityId, readStatedFacts, TrustError, verifyPossession } from '#trust';
import type { EventPush } from '../event-push.js';
import type { KeyHistoryStore } from '../key-history.store.js';
import { keysIn } from '../key-history.store.js';
import type { RegisterChanges } from '../register-changes.js';
import { RegisterRefusal } from '../register-refusal.js';
import { NO_LEDGER, readLedger } from '../stated-entity.js';
import { instantOf } from '../register-shapes.js';
import type { RegisterStore } from '../register.store.js';
import type { Authority } from '../statement-desk.js';
import type { Challenges } from './challenges.js';
import type { EnrolmentRequestBody, KeyRolloverBody } from './enrolment-shapes.js';
import type { EnrolmentRequest, EnrolmentStore } from './enrolment.store.js';

/** Whoever floods the door fills its queue, and not the database; those that wait keep their place. */
const MAX_WAITING = 1_000;
/** What a rolled-over key signed lives a day at most. */
const KEY_OVERLAP_MS = 24 * 60 * 60 * 1_000;
/** An auditor or court is enrolled for at most so long. */
const MAX_TERM_MS = 400 * 24 * 60 * 60 * 1_000;

/** The public side of enrolment: requests with proof of possession, and keys that are rolled over by their holder. */
export class EnrolmentDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: EnrolmentStore,
    private readonly register: RegisterStore,
    private readonly keys: KeyHistoryStore,
    private readonly changes: RegisterChanges,
    private readonly challenges: Challenges,
    private readonly push: EventPush,
    private readonly clock: Clock,
  ) {}

  challenge(): string {
    return this.challenges.challenge();
  }

  /**
   * Takes a request. It fetches nothing that the request names, and leads to nothing until two persons have looked at it.
   *
   * @throws RegisterRefusal
   */
  async request(authority: Authority, body: EnrolmentRequestBody): Promise<EnrolmentRequest> {
    const { entity_id: entityId, entity_type: entityType, jwks, proofs } = body;
    requireName(entityId, authority);
    const now = this.clock.now();
    await this.#proven(authority, body, now);
    const requested = statedBy(body, authority, now);
    const id = digestOf({
      superior: authority.entityId,
      entity_id: entityId,
      entity_type: entityType,
      requested,
      jwks,
    });
    const request: EnrolmentRequest = {
      id,
      superior: authority.entityId,
      entityId,
      entityType,
      requested,
      jwks,
      proofs,
      receivedAt: now,
      state: 'waiting',
    };
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtext('requests for enrolment'))`);
      if ((await this.store.waiting(manager)) >= MAX_WAITING) {
        throw new RegisterRefusal('too_many_requests', 'too many requests wait to be looked at');
      }
      if (await this.register.enrolmentOf(entityId, now)) {
        throw new RegisterRefusal('already_enrolled', 'the entity is enrolled already');
      }
      for (const { kid } of keysIn(jwks)) {
        if (typeof kid !== 'string' || (await this.keys.holderOf(kid, manager)) !== undefined) {
          throw new RegisterRefusal('key_reused', 'a key is, or was, somebody’s already');
        }
      }
      const known = await this.store.find(id, manager);
      if (known?.state === 'waiting') return;
      if (known) throw new RegisterRefusal('request_refused', `the same request is ${known.state} already`);
      await this.store.put(manager, request);
    });
    return request;
  }

  /**
   * Adds a key to an enrolled entity, which proves that it holds the new one and one that is enrolled. The others stay a day,
   * so that nothing that is under way breaks.
   *
   * @throws RegisterRefusal
   */
  async rollOver(authority: Authority, body: KeyRolloverBody): Promise<{ keys: string[]; othersRetireAt: number }> {
    const { entity_id: entityId } = body;
    const now = this.clock.now();
    const proven = await this.#proven(authority, body, now);
    const current = await this.keys.current(entityId, now);
    const fresh = keysIn(body.jwks).filter(({ kid }) => !current.some((key) => key.kid === kid));
    const [added, ...others] = fresh;
    if (!added || others.length > 0 || !current.some(({ kid }) => proven.has(kid))) {
      throw new RegisterRefusal('possession_not_proven', 'prove one enrolled key and one new one');
    }
    const othersRetireAt = now + KEY_OVERLAP_MS;
    const event = await this.dataSource.transaction((manager) =>
      this.changes.addKey({ manager, authority, at: now, acts: [] }, entityId, added, othersRetireAt),
    );
    await this.push.announce([event]);
    return { keys: (await this.keys.current(entityId, now)).map(({ kid }) => kid), othersRetireAt };
  }

  async #proven(authority: Authority, body: KeyRolloverBody, now: number): Promise<KeySet> {
    const { entity_id: entityId, jwks, nonce, proofs } = body;
    if (!this.challenges.isFresh(nonce)) {
      throw new RegisterRefusal('possession_not_proven', 'ask for a challenge, and prove within a quarter of an hour');
    }
    try {
      return await verifyPossession({ entityId, authority: authority.entityId, nonce, jwks, proofs, now });
    } catch (cause) {
      if (!(cause instanceof TrustError)) throw cause;
      const keys = cause.code === 'keys_refused';
      throw new RegisterRefusal(keys ? 'keys_refused' : 'possession_not_proven', cause.message, { cause });
    }
  }
}

/** Nothing is called because a request names it, and still a name that leads inside is a trap for later (W11). */
function requireName(entityId: string, { anchor }: Authority): void {
  try {
    const parsed = parseEntityId(entityId);
    const inside = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|onion|arpa)$/.test(parsed.host);
    const development = parseEntityId(anchor).loopback;
    if (parsed.loopback ? development : !inside) return;
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
  }
  throw new RegisterRefusal('request_refused', 'the entity id is no public https address in its one spelling');
}

function refuse(message: string): RegisterRefusal {
  return new RegisterRefusal('request_refused', message);
}

/** What the superior would state about the applicant; everything that does not belong to its type is refused. */
function statedBy(body: EnrolmentRequestBody, authority: Authority, now: number): JsonObject {
  const { entity_type: type, name, agency_class: agencyClass, ori, fips, access, scope, role, ledger, process } = body;
  const isAgency = type === 'comity_agency';
  const isBroker = type === 'comity_broker';
  const expires = body.expires_at === undefined ? undefined : instantOf(body.expires_at);
  if (isAgency !== (agencyClass !== undefined && ori !== undefined))
    throw refuse('an agency, and it alone, has class and ORI');
  if (!isAgency && (fips !== undefined || access !== undefined))
    throw refuse('an agency alone has `fips` and `access`');
  if (isBroker && authority.entityId !== authority.anchor) throw refuse('brokers are enrolled by the anchor');
  const isReader = !isAgency && !isBroker;
  if (isReader !== (role !== undefined)) throw refuse('an auditor, court or witness, and nobody else, has a `role`');
  if ((type === 'comity_auditor' && role !== 'witness') !== (scope !== undefined)) {
    throw refuse('an auditor, and nobody else, has a `scope`');
  }
  if (type === 'federation_entity' && role !== 'court' && role !== 'prosecutor')
    throw refuse('it is no court or prosecutor');
  if ((type === 'federation_entity') !== (process !== undefined))
    throw refuse('a court or prosecutor, and nobody else, has `process`: classes, jurisdictions and keys');
  if (body.expires_at !== undefined && (expires === undefined || expires <= now)) throw refuse('it is over already');
  if (isReader && (expires === undefined || expires > now + MAX_TERM_MS)) {
    throw refuse('an auditor, court or witness is enrolled for 400 days at most, and says until when');
  }
  const stated = {
    name,
    ...(agencyClass !== undefined && { agency_class: agencyClass }),
    ...(ori !== undefined && { ori }),
    ...(fips !== undefined && { fips }),
    ...(access !== undefined && { access }),
    ...(scope !== undefined && { scope }),
    ...(role !== undefined && { role }),
    ...(process !== undefined && { process }),
    ...(ledger !== undefined && { ledger: ledgerOf(ledger) }),
    ...(expires !== undefined && { expires_at: Math.floor(expires / 1_000) }),
  };
  try {
    const jurisdictions = readStatedFacts(stated).process?.jurisdictions ?? [];
    if (authority.entityId !== authority.anchor && jurisdictions.some((id) => id !== authority.entityId))
      throw refuse('a jurisdiction enrols its own courts, for its own agencies');
  } catch (cause) {
    if (cause instanceof TrustError) throw refuse(cause.message);
    throw cause;
  }
  return stated;
}

function ledgerOf(stated: JsonObject): JsonObject {
  const ledger = readLedger(stated);
  if (ledger === undefined) throw refuse(NO_LEDGER);
  return ledger;
}
