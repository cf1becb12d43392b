import type { DataSource, EntityManager } from 'typeorm';
import { keySetFrom, messageDigest, readToken, verifyToken, type Clock, type JsonObject } from '#protocol';
import type { RecordedEvent } from '../event-feed.js';
import type { EventPush } from '../event-push.js';
import { RegisterRefusal } from '../register-refusal.js';
import type { Authority } from '../statement-desk.js';
import type { ActsStore } from './acts.store.js';
import { ACTS, parseAct, personOf, type AuthorityAct } from './authority-act.js';

/** What became of an act. */
export interface ActOutcome {
  readonly state: 'proposed' | 'done';
  /** Digest of the act: what a second person confirms, and what events name. */
  readonly act: string;
  readonly result: JsonObject;
}

/** An act on its way: who acts, and what their signatures are. */
export interface Performance {
  readonly manager: EntityManager;
  readonly authority: Authority;
  readonly person: string;
  /** Milliseconds. */
  readonly at: number;
  /** Digests of the signed acts that bring it about. */
  readonly acts: readonly string[];
}

/** Does what an act says; the events go out once the transaction has committed. */
export type Perform = (
  act: AuthorityAct,
  performance: Performance,
) => Promise<{
  /** Kept with the act. */
  readonly result: JsonObject;
  /** More of it, for whoever asked; not kept. */
  readonly shown?: JsonObject;
  readonly events: readonly RecordedEvent[];
}>;

/** A proposal that nobody confirmed in a week is not confirmed any more. */
const PROPOSAL_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * The door through which persons of the authority act: each by signing with a key of their own, never by a shared
 * password. The signed act is kept, and with it who did what, checkable by anybody who has the persons' public keys.
 */
export class ActsDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActsStore,
    private readonly authorityOf: (entityId: string) => Authority | undefined,
    private readonly anchor: string,
    private readonly perform: Perform,
    private readonly push: EventPush,
    private readonly clock: Clock,
  ) {}

  /**
   * @param token `comity-authority-act+jwt`
   * @throws ProtocolError `token_invalid`; RegisterRefusal
   */
  async take(token: string): Promise<ActOutcome> {
    const person = await this.#verified(token);
    const act = parseAct(token);
    const events: RecordedEvent[] = [];
    const outcome = await this.dataSource.transaction(async (manager) => {
      // One person's acts one after the other: of two copies of a message the second finds the first (J20).
      await manager.query(`select pg_advisory_xact_lock(hashtextextended('acts of ' || $1, 0))`, [person]);
      const digest = messageDigest(token);
      const jti = textClaim(token, 'jti');
      const earlier = await this.store.ofIdentifier(manager, person, jti);
      if (earlier) return again(earlier.digest === digest, earlier.state, digest, earlier.result ?? {});
      const { kind, issuer, subject } = act;
      const record = { digest, person, jti, kind, issuer, subject, token, at: this.clock.now(), confirmedBy: null };
      if (ACTS[kind].persons === 2) {
        await this.#try(act, { manager, person, digest });
        await this.store.put(manager, { ...record, state: 'proposed', result: null });
        return { state: 'proposed', act: digest, result: {} } as const;
      }
      // Before its effects, which refer to it.
      await this.store.put(manager, { ...record, state: 'done', result: null });
      const done = await this.#do(act, { manager, person, digest });
      events.push(...done.events);
      await this.store.settle(manager, digest, { state: 'done', by: null, result: done.result });
      return { state: 'done', act: digest, result: done.shown ?? done.result } as const;
    });
    await this.push.announce(events);
    return outcome;
  }

  /** Who signed it, by the keys on record. All failures of authenticity answer alike. */
  async #verified(token: string): Promise<string> {
    const name = personOf(token, this.anchor);
    const person = await this.store.person(name);
    if (!person) throw new RegisterRefusal('not_a_person', 'nobody acts here');
    const keys = await keySetFrom({ keys: [person.jwk] }, 'sig');
    const issuer = textClaim(token, 'iss');
    await verifyToken({ kind: 'authority-act', token, keys, issuer, audience: this.anchor, now: this.clock.now() });
    return name;
  }

  /** What could not be done now is refused to whoever proposes it, and not to the other person days later. */
  async #try(
    act: AuthorityAct,
    by: { readonly manager: EntityManager; readonly person: string; readonly digest: string },
  ): Promise<void> {
    await by.manager.query('savepoint tried');
    await this.#do(act, by);
    await by.manager.query('rollback to savepoint tried');
  }

  async #do(
    act: AuthorityAct,
    { manager, person, digest }: { manager: EntityManager; person: string; digest: string },
  ): ReturnType<Perform> {
    const at = this.clock.now();
    if (act.kind !== 'confirm' && act.kind !== 'refuse') {
      return this.perform(act, { manager, person, at, acts: [digest], authority: this.#authority(act.issuer) });
    }
    const proposed = await this.#proposal(act.details.act, { manager, person, at });
    if (act.kind === 'refuse') {
      await this.store.settle(manager, proposed.digest, { state: 'refused', by: person, result: {} });
      return { result: { refused: proposed.digest }, events: [] };
    }
    const authority = this.#authority(proposed.act.issuer);
    const acts = [proposed.digest, digest];
    const done = await this.perform(proposed.act, { manager, person, at, acts, authority });
    await this.store.settle(manager, proposed.digest, { state: 'done', by: person, result: done.result });
    return { result: { confirmed: proposed.digest, ...done.result }, events: done.events };
  }

  async #proposal(
    digest: string,
    { manager, person, at }: { manager: EntityManager; person: string; at: number },
  ): Promise<{ digest: string; act: AuthorityAct }> {
    // Two who confirm at once must not do it twice.
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('proposal ' || $1, 0))`, [digest]);
    const record = await this.store.find(digest, manager);
    if (!record) throw new RegisterRefusal('no_such_act', 'nobody proposed that');
    if (record.state !== 'proposed') throw new RegisterRefusal('act_not_proposed', `it is ${record.state} already`);
    if (record.person === person) {
      throw new RegisterRefusal('same_person', 'another person than the one who proposed it has to decide');
    }
    if (at - record.at >= PROPOSAL_MS)
      throw new RegisterRefusal('act_not_proposed', 'the proposal is older than a week');
    if (!(await this.store.person(record.person))) {
      throw new RegisterRefusal('not_a_person', 'the person who proposed it does not act here any more');
    }
    return { digest, act: parseAct(record.token) };
  }

  #authority(entityId: string): Authority {
    const authority = this.authorityOf(entityId);
    if (!authority) throw new RegisterRefusal('act_refused', 'no such authority here');
    return authority;
  }
}

function again(same: boolean, state: string, act: string, result: JsonObject): ActOutcome {
  if (!same) throw new RegisterRefusal('act_replayed', 'the identifier was used for another act');
  return { state: state === 'proposed' ? 'proposed' : 'done', act, result };
}

/** Claims that the profile of the kind requires; a token without them is not verified. */
function textClaim(token: string, name: 'iss' | 'jti'): string {
  const value = readToken('authority-act', token).claims[name];
  return typeof value === 'string' ? value : '';
}
