import type { DataSource, EntityManager } from 'typeorm';
import type { Ledger } from '#ledger/io';
import { messageDigest, newIdentifier, type Clock, type JsonObject, type Randomness } from '#protocol';
import { signEvent, type FederationEventKind } from '#trust';
import type { Authority } from './statement-desk.js';

/** A change of the register as it is told: signed, numbered, in the ledger. */
export interface RegisterEvent {
  readonly kind: FederationEventKind;
  /** Entity id. */
  readonly subject: string;
  readonly details: JsonObject;
  /** Digests of what persons signed to bring it about; none for the register file at the first start. */
  readonly acts: readonly string[];
}

/** An event on record; it is public once the receipt is in the ledger. */
export interface RecordedEvent {
  readonly issuer: string;
  readonly sequence: number;
  readonly digest: string;
  readonly token: string;
  readonly receiptId: string;
}

const PAGE = 100;

/** The signed feed of each authority: numbered without a gap, each event naming the digest of the one before. */
export class EventFeed {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly ports: { readonly clock: Clock; readonly randomness: Randomness },
  ) {}

  /** Inside the transaction of the change itself: no change without its event, no event without its receipt. */
  async append(manager: EntityManager, authority: Authority, event: RegisterEvent): Promise<RecordedEvent> {
    const { entityId: issuer, key } = authority;
    const { kind, subject, details, acts } = event;
    // One after the other: the numbers have no gap and the chain no fork.
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('events of ' || $1, 0))`, [issuer]);
    const [last] = await manager.query<{ seq: string; digest: string; at: Date }[]>(
      `select seq, digest, at from authority_event where issuer = $1 order by seq desc limit 1`,
      [issuer],
    );
    const sequence = Number(last?.seq ?? 0) + 1;
    // A clock that was set back must not date an event before the one it follows.
    const issuedAt = Math.max(this.ports.clock.now(), last?.at.getTime() ?? 0);
    const token = await signEvent({
      issuer,
      jti: newIdentifier(this.ports.randomness),
      sequence,
      previous: last?.digest,
      kind,
      subject,
      details: acts.length > 0 ? { ...details, acts: [...acts] } : details,
      issuedAt,
      key,
    });
    const digest = messageDigest(token);
    await manager.query(
      `insert into authority_event (issuer, seq, kind, subject, at, digest, token) values ($1, $2, $3, $4, $5, $6, $7)`,
      [issuer, sequence, kind, subject, new Date(issuedAt), digest, token],
    );
    const receiptId = `${digest}/register`;
    await this.ledger.append(manager, {
      receiptId,
      kind: 'register_changed',
      fields: { accountability: { issuer, event: digest, kind, subject, acts: [...acts] }, content: {} },
    });
    return { issuer, sequence, digest, token, receiptId };
  }

  /**
   * Events after number `after`, oldest first, at most a hundred; those alone whose receipt is in the ledger (law 1: logged
   * before it is told).
   */
  async after(issuer: string, after: number): Promise<string[]> {
    const events = await this.dataSource.query<{ token: string }[]>(
      `select e.token from authority_event e
       where e.issuer = $1 and e.seq > $2
         and exists (select from receipt_index r where r.receipt_id = e.digest || '/register')
       order by e.seq limit ${PAGE}`,
      [issuer, after],
    );
    return events.map(({ token }) => token);
  }
}
