import type { KeySet } from '#protocol';
import { attestationsInForce, type Attestation, type JurisdictionMarks } from './attestations.js';
import { requireVouchedFor, type VerifiedKeyHistory } from './historical-keys.js';
import { parseStatusList, requireValidStatus, verifyStatusList, type VerifiedStatusList } from './status-list.js';
import { verifyAnchorConfiguration, type PinnedAnchor, type VerifiedAnchor } from './trust-anchor.js';
import { verifyTrustChain, type VerifiedChain } from './trust-chain.js';
import { TrustError } from './trust-error.js';
import { parseTrustMark, verifyTrustMark, type VerifiedTrustMark } from './trust-mark.js';

/** What was kept of the past: the statements themselves, never what somebody made of them. */
export interface TrustRecord {
  /** The anchors as they were pinned then: keys of today and those of the history that were in force (`keysInForceAt`). */
  readonly anchors: readonly PinnedAnchor[];
  /** The agency's chain, leaf first. */
  readonly agency: readonly string[];
  /** Chains of its jurisdictions, those of the anchor's register among them. */
  readonly jurisdictions: readonly (readonly string[])[];
  /** Status lists of every issuer in these, signed at most 40 s before the instant. */
  readonly statusLists: readonly string[];
  /** Of every authority whose keys have changed since. */
  readonly histories: readonly VerifiedKeyHistory[];
  /** By when a statement provably existed, from the inclusion proof of its digest; `undefined` where there is none. */
  readonly provenBy: (digest: string) => number | undefined;
}

/** What bound an agency at an instant of the past, and what did not count then, with the reason. */
export interface AttestationsOfRecord {
  readonly agency: VerifiedChain;
  readonly jurisdictions: readonly string[];
  readonly attestations: readonly Attestation[];
  readonly refused: readonly TrustError[];
}

/**
 * Answers for any instant what was attested for an agency then, from the record alone and as strictly as on the day:
 * chains, lists of issuers, status and dates are all held against `at`. In addition, a key that was lost since vouches only
 * for what is proven to be older than its loss (T11).
 *
 * @param at milliseconds
 * @throws TrustError where the agency's own chain did not hold then; a jurisdiction or mark that did not is in `refused`
 */
export async function attestationsOfRecord(record: TrustRecord, at: number): Promise<AttestationsOfRecord> {
  const reader = await RecordReader.of(record, at);
  const agency = await reader.chain(record.agency);
  const jurisdictions: JurisdictionMarks[] = [];
  for (const tokens of record.jurisdictions) {
    const chain = await reader.attempt(() => reader.chain(tokens));
    if (chain) jurisdictions.push({ chain, marks: await reader.marks(chain, []) });
  }
  const agencyMarks = await reader.marks(
    agency,
    jurisdictions.map(({ chain }) => chain),
  );
  return {
    agency,
    jurisdictions: [...new Set([...agency.jurisdictions, ...jurisdictions.map(({ chain }) => chain.entityId)])],
    attestations: attestationsInForce({ agencyChain: agency, agencyMarks, jurisdictions, at }),
    refused: reader.refused,
  };
}

class RecordReader {
  readonly refused: TrustError[] = [];
  readonly #lists = new Map<string, VerifiedStatusList>();

  private constructor(
    private readonly record: TrustRecord,
    private readonly at: number,
    private readonly anchor: VerifiedAnchor,
  ) {}

  static async of(record: TrustRecord, at: number): Promise<RecordReader> {
    const { agency, anchors } = record;
    const anchor = await verifyAnchorConfiguration({ token: agency.at(-1) ?? '', anchors, now: at });
    return new RecordReader(record, at, anchor);
  }

  /** A chain as it held at the instant, status and keys included. */
  async chain(tokens: readonly string[]): Promise<VerifiedChain> {
    const { anchors, histories, provenBy } = this.record;
    const chain = await verifyTrustChain({ chain: tokens, anchors, now: this.at });
    if (chain.anchor !== this.anchor.entityId) throw new TrustError('anchor_not_pinned', 'a chain to another anchor');
    // From the anchor downwards, so that the keys of a list's issuer are those of a link that was judged before.
    for (const [link, statement] of [...chain.links.entries()].toReversed()) {
      try {
        requireVouchedFor(statement, histories, provenBy(statement.digest));
        if (statement.issuer !== statement.subject) await this.#requireStatus(chain, link);
      } catch (error) {
        throw error instanceof TrustError ? error.at(link, statement.subject) : error;
      }
    }
    return chain;
  }

  /** The marks that an entity showed, as far as they held. */
  async marks(subject: VerifiedChain, others: readonly VerifiedChain[]): Promise<VerifiedTrustMark[]> {
    const issuers = [subject, this.anchor, ...others];
    const marks: VerifiedTrustMark[] = [];
    for (const shown of subject.trustMarks) {
      const mark = await this.attempt(async () => {
        const { issuer: issuerId, kid, digest, issuedAt } = parseTrustMark(shown.token);
        const issuer = issuers.find(({ entityId }) => entityId === issuerId);
        const found = await verifyTrustMark({ shown, subject, issuer, anchor: this.anchor, now: this.at });
        const statement = { issuer: issuerId, subject: subject.entityId, kid, digest, issuedAt };
        requireVouchedFor(statement, this.record.histories, this.record.provenBy(digest));
        requireValidStatus(await this.#list(issuerId, issuer?.federationKeys), found.status, this.at);
        return found;
      });
      if (mark) marks.push(mark);
    }
    return marks;
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      this.refused.push(error);
      return undefined;
    }
  }

  async #requireStatus(chain: VerifiedChain, link: number): Promise<void> {
    const statement = chain.links[link];
    if (!statement?.status) throw new TrustError('status_missing', 'the statement names no status');
    const { issuer } = statement;
    requireValidStatus(await this.#list(issuer, chain.superiorKeys.get(issuer)), statement.status, this.at);
  }

  async #list(issuer: string, keys: KeySet | undefined): Promise<VerifiedStatusList | undefined> {
    const held = this.#lists.get(issuer);
    if (held || !keys) return held;
    for (const token of this.record.statusLists) {
      if (parseStatusList(token).issuer !== issuer) continue;
      const list = await this.attempt(() => verifyStatusList({ token, issuer, keys, now: this.at }));
      if (list) this.#lists.set(issuer, list);
    }
    return this.#lists.get(issuer);
  }
}
