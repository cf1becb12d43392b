import { digestOf, type Clock, type JsonObject, type JsonValue, type SigningKey } from '#protocol';
import {
  signEntityConfiguration,
  signSubordinateStatement,
  signTrustMark,
  type EntityMetadata,
  type ShownTrustMark,
} from '#trust';
import type { AttestedProtectionRow } from './attested-protection.entity.js';
import { jwksOf, type KeyHistoryStore } from './key-history.store.js';
import type { RegisterStore } from './register.store.js';

/** An authority of this process: the anchor, or one of its jurisdictions. */
export interface Authority {
  readonly entityId: string;
  /** Anchor of the federation: itself, for the anchor. */
  readonly anchor: string;
  readonly name: string;
  readonly key: SigningKey;
  /** Published as `federation_entity.witness_vkeys`; the anchor's only. */
  readonly witnessVkeys: readonly string[];
  /** The ledger of its acts, and the public keys of the receipts in it. One for the anchor and its jurisdictions. */
  readonly ledger: { readonly origin: string; readonly vkey: string; readonly receiptJwks: JsonObject };
}

/** Seconds. Each is signed anew at half of it, or when what it says changes. */
const CONFIGURATION_LIFETIME = 60 * 60;
const STATEMENT_LIFETIME = 12 * 60 * 60;
const MARK_LIFETIME = 6 * 60 * 60;

/** Tokens kept; more are signed again when somebody asks. */
const MAX_KEPT = 8_192;

interface Signed {
  readonly digest: string;
  readonly issuedAt: number;
  readonly token: Promise<string>;
}

/** Signs what the register says, when somebody asks, and keeps it until it says something else or has lived half its life. */
export class StatementDesk {
  readonly #signed = new Map<string, Signed>();

  constructor(
    private readonly store: RegisterStore,
    private readonly keys: KeyHistoryStore,
    private readonly clock: Clock,
  ) {}

  /** @returns `entity-statement+jwt` */
  async configuration(authority: Authority): Promise<string> {
    const { entityId, anchor, key } = authority;
    const isAnchor = entityId === anchor;
    const [trustMarks, trustMarkIssuers, keys] = await Promise.all([
      this.#ownMarks(authority),
      isAnchor ? this.store.issuersByType() : undefined,
      this.keys.current(entityId, this.clock.now()),
    ]);
    const content = {
      entityId,
      jwks: jwksOf(keys),
      metadata: metadataOf(authority),
      authorityHints: isAnchor ? [] : [anchor],
      trustMarks,
      ...(trustMarkIssuers && { trustMarkIssuers }),
    };
    return this.#sign(`configuration ${entityId}`, content, CONFIGURATION_LIFETIME, (times) =>
      signEntityConfiguration({ ...content, ...times, key }),
    );
  }

  /** What `authority` states about a subordinate; `undefined` where it is not enrolled there. */
  async subordinateStatement(authority: Authority, subject: string): Promise<string | undefined> {
    const { entityId: issuer, key } = authority;
    const now = this.clock.now();
    const enrolled = await this.store.enrolment(issuer, subject, now);
    if (!enrolled) return undefined;
    const { constraints, entityType, stated, assurance, expiresAt } = enrolled;
    const jwks = jwksOf(await this.keys.current(subject, now));
    const metadata = { [entityType]: { ...stated, assurance } };
    const content = { issuer, subject, jwks, constraints, metadata, statusIndex: Number(enrolled.statusIndex) };
    // No statement outlives the enrolment.
    const left = expiresAt === null ? STATEMENT_LIFETIME : Math.floor((expiresAt.getTime() - now) / 1_000);
    if (left <= 0) return undefined;
    return this.#sign(`statement ${issuer} ${subject}`, content, Math.min(left, STATEMENT_LIFETIME), (times) =>
      signSubordinateStatement({ ...content, ...times, key }),
    );
  }

  /** The mark that `authority` issued about `subject`; `undefined` where it attests no such thing. */
  async trustMark(authority: Authority, type: string, subject: string): Promise<string | undefined> {
    const attested = await this.store.attestation(authority.entityId, subject, type);
    return attested ? this.#mark(authority, attested) : undefined;
  }

  async #ownMarks(authority: Authority): Promise<ShownTrustMark[]> {
    const rows = await this.store.ownLaw(authority.entityId);
    return Promise.all(rows.map(async (row) => ({ type: row.markType, token: await this.#mark(authority, row) })));
  }

  #mark(authority: Authority, row: AttestedProtectionRow): Promise<string> {
    const { issuer, subject, markType, statute, textDigest, basis, binds } = row;
    const content = {
      statusIndex: Number(row.statusIndex),
      issuer,
      subject,
      type: markType,
      statute,
      textDigest,
      basis,
      binds,
      effectiveFrom: row.effectiveFrom.getTime(),
      effectiveUntil: row.effectiveUntil?.getTime() ?? null,
    };
    return this.#sign(`mark ${issuer} ${subject} ${markType}`, content, MARK_LIFETIME, (times) =>
      signTrustMark({ ...content, ...times, key: authority.key }),
    );
  }

  #sign(
    name: string,
    content: object,
    lifetimeSeconds: number,
    sign: (times: { issuedAt: number; lifetimeSeconds: number }) => Promise<string>,
  ): Promise<string> {
    const now = this.clock.now();
    const digest = digestOf(JSON.parse(JSON.stringify(content)) as JsonValue);
    const known = this.#signed.get(name);
    // Also a clock that was set back signs anew: nobody believes a statement from the future.
    const age = known ? now - known.issuedAt : NaN;
    if (known?.digest === digest && age >= 0 && age < (lifetimeSeconds * 1_000) / 2) return known.token;
    const token = sign({ issuedAt: now, lifetimeSeconds });
    this.#signed.delete(name);
    this.#signed.set(name, { digest, issuedAt: now, token });
    const [oldest] = this.#signed.keys();
    if (this.#signed.size > MAX_KEPT && oldest !== undefined) this.#signed.delete(oldest);
    return token;
  }
}

/** OpenID Federation 1.0, "Federation Entity" metadata. Where an endpoint is, an authority says itself. */
function metadataOf({ entityId, anchor, name, witnessVkeys, ledger }: Authority): EntityMetadata {
  const endpoint = (path: string) => `${entityId}/federation/${path}`;
  const endpoints: JsonObject = {
    organization_name: name,
    federation_fetch_endpoint: endpoint('fetch'),
    federation_list_endpoint: endpoint('list'),
    federation_extended_list_endpoint: endpoint('extended-list'),
    federation_resolve_endpoint: endpoint('resolve'),
    federation_historical_keys_endpoint: endpoint('historical-keys'),
    federation_trust_mark_endpoint: endpoint('trust-mark'),
    federation_trust_mark_list_endpoint: endpoint('trust-mark-list'),
    federation_trust_mark_status_endpoint: endpoint('trust-mark-status'),
    comity_status_list_endpoint: endpoint('status-list'),
    comity_events_endpoint: endpoint('events'),
    comity_enrolment_endpoint: endpoint('enrolment'),
    ledger: { origin: ledger.origin, vkey: ledger.vkey, jwks: ledger.receiptJwks },
    ...(witnessVkeys.length > 0 && { witness_vkeys: [...witnessVkeys] }),
  };
  if (entityId === anchor) return { federation_entity: endpoints };
  return { federation_entity: endpoints, comity_jurisdiction: { name } };
}
