import { IsNull, type EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';
import { readStatedFacts, TrustError, type Status } from '#trust';
import { AttestedProtectionRow } from './attested-protection.entity.js';
import { EnrolledEntity } from './enrolled-entity.entity.js';
import type { EventFeed, RecordedEvent } from './event-feed.js';
import { keysIn, type KeyHistoryStore, type RevocationReason } from './key-history.store.js';
import { enrolmentIn, insertEnrolment } from './enrolled-row.js';
import { RegisterRefusal } from './register-refusal.js';
import type { AttestedProtection } from './attested-protection.js';
import type { Enrolment } from './register.js';
import { rowDigest } from './row-digest.js';
import type { Authority } from './statement-desk.js';
import { statementAfter } from './stated-entity.js';
import type { StatusStore } from './status.store.js';

/** What every change has in common: who makes it, in which transaction, at which instant, on whose signed word. */
export interface Change {
  readonly manager: EntityManager;
  readonly authority: Authority;
  /** Milliseconds. */
  readonly at: number;
  readonly acts: readonly string[];
}

export interface EnrolmentTerms {
  /** How well the entity was vetted; published. */
  readonly assurance: string;
  /** Milliseconds; `null` for an enrolment without an end. */
  readonly expiresAt: number | null;
}

/**
 * Every change of the register. Each writes the row, the status and the event in the caller's transaction, so that none of
 * them is ever true without the others (law 7).
 */
export class RegisterChanges {
  constructor(
    private readonly status: StatusStore,
    private readonly keys: KeyHistoryStore,
    private readonly feed: EventFeed,
  ) {}

  async enrol(change: Change, enrolment: Enrolment, terms: EnrolmentTerms): Promise<RecordedEvent> {
    const { manager, authority, at } = change;
    const { entityId, superior, entityType, stated, jwks } = enrolment;
    requireReadable(stated);
    if (superior !== authority.entityId) throw new RegisterRefusal('not_a_subordinate', 'another authority enrols it');
    const known = await manager.countBy(EnrolledEntity, { entityId, withdrawnAt: IsNull() });
    if (known > 0) throw new RegisterRefusal('already_enrolled', 'the entity is enrolled already');
    for (const jwk of keysIn(jwks)) await this.#publishKey(change, entityId, jwk);
    const index = await this.status.allocate(
      manager,
      { issuer: superior, subject: entityId, markType: null },
      new Date(at),
    );
    const expiresAt = terms.expiresAt === null ? null : new Date(terms.expiresAt);
    await insertEnrolment(manager, enrolment, { at, index: String(index), terms: { ...terms, expiresAt } });
    return this.#tell(change, 'enrolled', entityId, {
      entity_type: entityType,
      assurance: terms.assurance,
      status_index: index,
      keys: keysIn(jwks).map(({ kid }) => kid ?? null),
      ...(terms.expiresAt !== null && { expires_at: Math.floor(terms.expiresAt / 1_000) }),
    });
  }

  /** Ends an enrolment for good; its history stays. */
  async withdraw(change: Change, entityId: string, reason: string): Promise<RecordedEvent> {
    const row = await this.#enrolled(change, entityId);
    await this.#setStatus(change, Number(row.statusIndex), 'revoked', reason);
    await change.manager.update(EnrolledEntity, { id: row.id }, { withdrawnAt: new Date(change.at) });
    for (const { kid } of await this.keys.current(entityId, change.at, change.manager)) {
      await this.keys.retire(change.manager, kid, change.at);
    }
    return this.#tell(change, 'withdrawn', entityId, { reason, status_index: Number(row.statusIndex) });
  }

  async suspend(change: Change, entityId: string, reason: string): Promise<RecordedEvent> {
    const row = await this.#enrolled(change, entityId);
    const index = Number(row.statusIndex);
    await this.#requireStatus(change, index, 'valid', 'not_active', 'the entity is not active');
    await this.#setStatus(change, index, 'suspended', reason);
    return this.#tell(change, 'suspended', entityId, { reason, status_index: index });
  }

  async reinstate(change: Change, entityId: string, reason: string): Promise<RecordedEvent> {
    const row = await this.#enrolled(change, entityId);
    const index = Number(row.statusIndex);
    await this.#requireStatus(change, index, 'suspended', 'not_suspended', 'the entity is not suspended');
    await this.#setStatus(change, index, 'valid', reason);
    return this.#tell(change, 'reinstated', entityId, { reason, status_index: index });
  }

  /** What the superior states about the entity from now on, whole. The enrolment and its status go on. */
  async restate(change: Change, entityId: string, stated: JsonObject, reason: string): Promise<RecordedEvent> {
    const { manager, at } = change;
    const row = await this.#enrolled(change, entityId);
    const next = statementAfter(row.stated, stated);
    const content = { ...enrolmentIn(row), stated: next };
    await manager.update(EnrolledEntity, { id: row.id }, { withdrawnAt: new Date(at) });
    await insertEnrolment(manager, content, { at, index: row.statusIndex, terms: row });
    return this.#tell(change, 'enrolled', entityId, { change: 'stated', reason, stated: rowDigest(next) });
  }

  /** The same protection at the same level about the same subject replaces what was attested before. */
  async issueMark(change: Change, attested: AttestedProtection, details: JsonObject = {}): Promise<RecordedEvent> {
    const { manager, authority, at } = change;
    const { issuer, subject, markType, effectiveFrom, effectiveUntil, binds } = attested;
    if (issuer !== authority.entityId) throw new RegisterRefusal('not_the_issuer', 'another authority attests it');
    const earlier = await this.#mark(change, subject, markType);
    if (earlier) {
      await this.#setStatus(change, Number(earlier.statusIndex), 'revoked', 'replaced');
      await manager.update(AttestedProtectionRow, { id: earlier.id }, { withdrawnAt: new Date(at) });
    }
    const index = await this.status.allocate(manager, { issuer, subject, markType }, new Date(at));
    const { statute, textDigest, basis } = attested;
    await manager.query(
      `insert into attested_protection (issuer, subject, mark_type, statute, text_digest, basis, effective_from,
         effective_until, binds, digest, attested_at, status_index, details)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        issuer,
        subject,
        markType,
        statute,
        textDigest,
        basis,
        new Date(effectiveFrom),
        effectiveUntil === null ? null : new Date(effectiveUntil),
        [...binds],
        rowDigest(attested),
        new Date(at),
        index,
        details,
      ],
    );
    return this.#tell(change, 'mark_issued', subject, {
      mark_type: markType,
      basis: attested.basis,
      statute: attested.statute,
      status_index: index,
      ...(earlier && { replaces: Number(earlier.statusIndex) }),
      ...details,
    });
  }

  async revokeMark(change: Change, subject: string, markType: string, reason: string): Promise<RecordedEvent> {
    const row = await this.#mark(change, subject, markType);
    if (!row) throw new RegisterRefusal('no_such_mark', 'no such mark is in force');
    await this.#setStatus(change, Number(row.statusIndex), 'revoked', reason);
    await change.manager.update(AttestedProtectionRow, { id: row.id }, { withdrawnAt: new Date(change.at) });
    const details = { mark_type: markType, reason, status_index: Number(row.statusIndex) };
    return this.#tell(change, 'mark_revoked', subject, details);
  }

  /** A new key beside those that are there. The old ones go when `withdrawKey` says so, or at `retireOthersAt`. */
  async addKey(change: Change, entityId: string, jwk: JsonObject, retireOthersAt: number): Promise<RecordedEvent> {
    await this.#enrolled(change, entityId);
    const others = await this.keys.current(entityId, change.at, change.manager);
    await this.#publishKey(change, entityId, jwk);
    for (const { kid } of others) await this.keys.retire(change.manager, kid, retireOthersAt);
    return this.#tell(change, 'enrolled', entityId, {
      change: 'keys',
      keys: [...others.map(({ kid }) => kid), jwk['kid'] ?? null],
      others_retire_at: Math.floor(retireOthersAt / 1_000),
    });
  }

  /** A key is no longer believed from now on. The last key of an entity is withdrawn by withdrawing or suspending it. */
  async withdrawKey(change: Change, entityId: string, kid: string, reason: RevocationReason): Promise<RecordedEvent> {
    const { manager, at } = change;
    await this.#enrolled(change, entityId);
    if ((await this.keys.holderOf(kid, manager)) !== entityId) {
      throw new RegisterRefusal('no_such_key', 'the entity never had that key');
    }
    await this.keys.revoke(manager, kid, at, reason);
    if ((await this.keys.current(entityId, at, manager)).length === 0) {
      throw new RegisterRefusal('last_key', 'it is the last key of the entity: suspend it first, or roll the key over');
    }
    return this.#tell(change, 'key_withdrawn', entityId, { kid, reason });
  }

  async #publishKey({ manager, at }: Change, holder: string, jwk: JsonObject): Promise<void> {
    const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : '';
    const earlier = await this.keys.holderOf(kid, manager);
    if (earlier !== undefined) {
      throw new RegisterRefusal(
        'key_reused',
        earlier === holder ? 'it had that key before' : 'somebody else has that key',
      );
    }
    await this.keys.publish(manager, holder, jwk, at);
  }

  async #enrolled({ manager, authority }: Change, entityId: string): Promise<EnrolledEntity> {
    const where = { superior: authority.entityId, entityId, withdrawnAt: IsNull() };
    const row = await manager.findOne(EnrolledEntity, { where, lock: { mode: 'pessimistic_write' } });
    if (!row) throw new RegisterRefusal('not_enrolled', 'no such entity is enrolled here');
    return row;
  }

  #mark({ manager, authority }: Change, subject: string, markType: string): Promise<AttestedProtectionRow | null> {
    const where = { issuer: authority.entityId, subject, markType, withdrawnAt: IsNull() };
    return manager.findOne(AttestedProtectionRow, { where, lock: { mode: 'pessimistic_write' } });
  }

  async #requireStatus(
    { manager, authority }: Change,
    index: number,
    wanted: Status,
    code: 'not_active' | 'not_suspended',
    message: string,
  ): Promise<void> {
    if ((await this.status.statusOf(authority.entityId, index, manager)) !== wanted) {
      throw new RegisterRefusal(code, message);
    }
  }

  #setStatus({ manager, authority, at }: Change, index: number, status: Status, reason: string): Promise<void> {
    return this.status.set(manager, { issuer: authority.entityId, index }, { status, reason, at: new Date(at) });
  }

  #tell(
    { manager, authority, acts }: Change,
    kind: Parameters<EventFeed['append']>[2]['kind'],
    subject: string,
    details: JsonObject,
  ): Promise<RecordedEvent> {
    return this.feed.append(manager, authority, { kind, subject, details, acts });
  }
}

/** What nodes could not read would make the whole chain worthless; whoever states it hears of it now. */
function requireReadable(stated: JsonObject): void {
  try {
    readStatedFacts(stated);
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new RegisterRefusal('act_refused', cause.message, { cause });
  }
}
