// Long because every act on a hold stands in one place, each with the persons it takes.
import type { DataSource, EntityManager } from 'typeorm';
import { holdPlacedFields, holdReadFields } from '#exchange';
import type { Ledger } from '#ledger/io';
import { ProblemError, newIdentifier, problem, type Clock, type Randomness } from '#protocol';
import {
  confirmedEnd,
  provisionalEnd,
  statuteFor,
  type HoldScope,
  type HoldStatute,
  type RetentionLimits,
  type StatedHold,
} from '#reads';
import type { HeldRead, HeldReads } from '#reads/io';
import type { DeletionCertificate } from '../retention/deletion-certificate.js';
import type { Tags } from '../tags.js';
import { holdIdentifier } from './hold-identifier.js';
import { endHold } from './end-hold.js';
import { heldTransactions, noteHeldTransactions } from './held-transactions.js';
import { keepRecalled, type KeptRecalled } from './keep-recalled.js';
import type { Hold, HoldsStore, PendingAct } from './holds.store.js';

/** Who acts: `sub` tells persons apart, the pseudonym goes on record. */
export interface ActingPerson {
  readonly sub: string;
  readonly pseudonym: string;
}

export interface HoldsOptions {
  readonly dataSource: DataSource;
  readonly ledger: Ledger;
  readonly entityId: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly store: HoldsStore;
  readonly heldReads: HeldReads;
  readonly tags: Tags;
  readonly statutes: readonly HoldStatute[];
  readonly limits: () => Promise<RetentionLimits>;
}

/**
 * Preservation holds. To keep reads beyond their limit, or to give up what is kept for somebody, takes two persons; while the
 * second has not spoken a new hold preserves for three days, so that nothing is lost meanwhile, and for no longer. Every act
 * is in the ledger with the reads it concerns, in one transaction.
 */
export class Holds {
  constructor(private readonly of: HoldsOptions) {}

  /** @throws ReadsError `hold_refused` */
  async place(
    stated: StatedHold & { readonly scope: HoldScope; readonly caseNumber: string },
    person: ActingPerson,
  ): Promise<Hold> {
    const { dataSource, store, clock, randomness } = this.of;
    const statute = statuteFor(stated, this.of.statutes);
    const id = holdIdentifier(randomness);
    const placedAt = clock.now();
    const expiresAt = provisionalEnd(placedAt, statute);
    const { basis, sworn, scope, caseNumber } = stated;
    const { readsMs } = await this.of.limits();
    await dataSource.transaction(async (manager) => {
      await store.insert(manager, {
        id,
        basis,
        statute: statute.code,
        caseNumber,
        sworn,
        scope,
        placedAt,
        expiresAt,
        placedBy: person.pseudonym,
        placedBySub: person.sub,
      });
      const count =
        scope.kind === 'reads' ? await this.of.heldReads.preserve(manager, id, { ...scope, retentionMs: readsMs }) : 0;
      await noteHeldTransactions(manager, placedAt, this.of);
      const of = { act: 'placed', by: person.pseudonym, approved_by: null, until: expiresAt };
      await this.appendPlaced(manager, await this.locked(manager, id), of, count);
    });
    await this.of.ledger.integrated(`hold_placed/${id}/0/placed`);
    return this.known(id);
  }

  /** Longer, under a statute that allows it, and with a new sworn statement where it asks for one. */
  async renew(id: string, swornDigest: string | undefined, person: ActingPerson): Promise<Hold> {
    return this.proposed(id, 'renew', person, (hold) => {
      const statute = this.statuteOf(hold);
      if (hold.state !== 'in_force') throw notOpen('it is not confirmed yet');
      if (!statute.renewable) throw refused(`\`${statute.code}\` does not allow a renewal`);
      if (statute.sworn && swornDigest === undefined)
        throw refused('a renewal asks for a new sworn statement or order');
      return swornDigest;
    });
  }

  /** Gives up what is kept. Whoever placed a hold that nobody confirmed takes it back alone. */
  async release(id: string, person: ActingPerson): Promise<Hold> {
    const hold = await this.known(id);
    if (hold.state === 'proposed' && hold.pending?.bySub === person.sub) {
      await this.of.dataSource.transaction(async (manager) => {
        await endHold(manager, id, { reason: 'withdrawn', by: person.pseudonym }, this.of);
      });
      return this.known(id);
    }
    return this.proposed(id, 'release', person, () => undefined);
  }

  /** The second person. @throws ProblemError `second_person_needed`, `not_waiting` */
  async confirm(id: string, act: PendingAct, person: ActingPerson): Promise<Hold> {
    const { dataSource, store, clock } = this.of;
    await dataSource.transaction(async (manager) => {
      const hold = await this.locked(manager, id);
      const { pending } = hold;
      if (pending?.act !== act || hold.expiresAt <= clock.now()) {
        throw new ProblemError(problem(409, 'not_waiting', 'this hold does not wait for that'));
      }
      if (pending.bySub === person.sub) {
        throw new ProblemError(problem(403, 'second_person_needed', 'a hold is confirmed by a second person'));
      }
      if (act === 'release') {
        await endHold(manager, hold.id, { reason: 'released', by: person.pseudonym }, this.of);
        return;
      }
      const isRenewal = act === 'renew';
      const expiresAt = confirmedEnd(isRenewal ? clock.now() : hold.placedAt, this.statuteOf(hold));
      const renewals = hold.renewals + (isRenewal ? 1 : 0);
      const to = { expiresAt, approvedBy: person.pseudonym, renewals, digest: pending.digest };
      await store.putInForce(manager, id, to);
      const count = (await this.of.heldReads.of(id, manager)).length;
      const of = {
        act: isRenewal ? 'renewed' : 'confirmed',
        by: hold.placedBy,
        approved_by: person.pseudonym,
        until: expiresAt,
      };
      await this.appendPlaced(manager, await this.locked(manager, id), of, count);
    });
    return this.known(id);
  }

  /** What a hold preserves, for a person who names its case. That it was read is in the ledger before it is shown. */
  async read(id: string, caseNumber: string, person: ActingPerson): Promise<HeldRead[]> {
    const { ledger, dataSource, randomness, entityId, clock, heldReads } = this.of;
    const hold = await this.known(id);
    if (hold.state === 'ended' || hold.expiresAt <= clock.now()) throw notOpen('it has ended');
    if (hold.caseNumber !== caseNumber) throw refused('a hold is read for the case that it was placed for');
    const reads = await heldReads.of(id);
    const receiptId = `hold_read/${id}/${newIdentifier(randomness)}`;
    await ledger.append(dataSource.manager, {
      receiptId,
      kind: 'hold_read',
      fields: holdReadFields({ agency: entityId, hold: id, by: person.pseudonym }, { count: reads.length }),
    });
    await ledger.integrated(receiptId);
    return reads;
  }

  /** See `keepRecalled` of `keep-recalled.ts`. */
  keepRecalled(manager: EntityManager, of: { owner: string; release: string }): Promise<KeptRecalled | undefined> {
    return keepRecalled(manager, of, this.of);
  }

  /** Transactions that open holds concern, as they stand now: what opens their receipts is not erased. */
  transactions(): Promise<string[]> {
    return heldTransactions(this.of);
  }

  list(): Promise<Hold[]> {
    return this.of.store.list();
  }

  /** Ends what has had its time, with a certificate of what went. */
  async endExpired(): Promise<DeletionCertificate[]> {
    const { store, clock, dataSource } = this.of;
    const certificates: DeletionCertificate[] = [];
    for (const { id } of await store.due(clock.now())) {
      await dataSource.transaction(async (manager) => {
        const hold = await this.locked(manager, id);
        // Renewed or ended by somebody else since.
        if (hold.state === 'ended' || hold.expiresAt > clock.now()) return;
        const certificate = await endHold(manager, id, { reason: 'expired', by: null }, this.of);
        if (certificate !== undefined) certificates.push(certificate);
      });
    }
    return certificates;
  }

  private async proposed(
    id: string,
    act: PendingAct,
    person: ActingPerson,
    digestOf: (hold: Hold) => string | undefined,
  ): Promise<Hold> {
    const { dataSource, store, clock } = this.of;
    await dataSource.transaction(async (manager) => {
      const hold = await this.locked(manager, id);
      if (hold.state === 'ended' || hold.expiresAt <= clock.now()) throw notOpen('it has ended');
      if (hold.pending !== undefined && hold.pending.act !== act)
        throw notOpen('another act waits for a second person');
      await store.propose(manager, id, act, person.sub, digestOf(hold));
    });
    return this.known(id);
  }

  private async appendPlaced(
    manager: EntityManager,
    hold: Hold,
    of: { act: string; by: string; approved_by: string | null; until: number },
    count: number,
  ): Promise<void> {
    const { ledger, entityId, tags } = this.of;
    await ledger.append(manager, {
      receiptId: `hold_placed/${hold.id}/${hold.renewals}/${of.act}`,
      kind: 'hold_placed',
      fields: holdPlacedFields(
        {
          agency: entityId,
          hold: hold.id,
          basis: hold.basis,
          statute: this.statuteOf(hold).statute,
          order: hold.sworn?.digest ?? null,
          ...of,
          until: new Date(of.until).toISOString(),
        },
        { count, case_tag: tags.case(entityId, hold.caseNumber ?? '') },
      ),
    });
  }

  private statuteOf({ statute }: Hold): HoldStatute {
    const found = this.of.statutes.find(({ code }) => code === statute);
    // Taken out of the configuration since: it ends at its time, and nothing prolongs it.
    if (found === undefined) throw refused('its statute is no longer configured');
    return found;
  }

  private async locked(manager: EntityManager, id: string): Promise<Hold> {
    const hold = await this.of.store.lock(manager, id);
    if (hold === undefined) throw unknownHold();
    return hold;
  }

  private async known(id: string): Promise<Hold> {
    const hold = await this.of.store.find(id);
    if (hold === undefined) throw unknownHold();
    return hold;
  }
}

const unknownHold = () => new ProblemError(problem(404, 'not_found', 'there is no such hold'));

const notOpen = (detail: string) =>
  new ProblemError(problem(409, 'hold_not_open', 'this hold cannot be changed so', { detail }));

function refused(detail: string): ProblemError {
  return new ProblemError(problem(422, 'hold_refused', 'the hold is refused', { detail }));
}
