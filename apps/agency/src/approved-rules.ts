import {
  LedgerError,
  leafHash,
  decodeBase64,
  openCheckpoint,
  verifyInclusion,
  verifyOpening,
  type Commitments,
} from '#ledger';
import type { Ledger, ReceiptProof } from '#ledger/io';
import { opensTo, type PublishedRule } from '#exchange';
import { PolicyError, parseRule, ruleDigest } from '#policy';
import { isJsonObject, readToken, type JsonObject, type JsonValue } from '#protocol';

/** A version of the rule as the database holds it. */
export interface StoredVersion {
  readonly version: number;
  readonly digest: string;
  readonly rule: JsonValue;
  readonly publishedAtMs: number;
}

/** What runs is not what two persons have published. Nothing is decided by it. */
export class RuleDriftError extends Error {
  override readonly name = 'RuleDriftError';

  constructor(
    readonly version: number,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(`version ${version} of the rule: ${message}`, options);
  }
}

/** By version and not by digest, so that a version of which the database knows nothing any more is found as well. */
export function publicationReceipt(version: number): string {
  return `rule_published/${version}`;
}

export function proposalReceipt(digest: string): string {
  return `rule_proposed/${digest}`;
}

/**
 * Rules as the ledger says that two persons published them. Whoever can write to the database can put another rule there,
 * set back a date or delete the newest version; the receipts stand under signed checkpoints that others have cosigned.
 */
export class ApprovedRules {
  readonly #approved = new Map<number, { readonly stored: string; readonly published: PublishedRule }>();

  constructor(
    private readonly ledger: Ledger,
    private readonly owner: string,
  ) {}

  /**
   * The rules to decide by, oldest first.
   *
   * @param stored every published version that the database holds
   * @throws RuleDriftError where one of them, or one that is missing, is not what the ledger says
   */
  async of(stored: readonly StoredVersion[]): Promise<readonly PublishedRule[]> {
    for (const version of this.#approved.keys()) {
      if (!stored.some((row) => row.version === version)) throw new RuleDriftError(version, 'it was taken away');
    }
    return Promise.all(stored.map((row) => this.#approvedRule(row)));
  }

  /**
   * Looks besides for published versions that the database does not hold, also such as this process has never seen.
   *
   * @param read what the database holds now: every version, and which of them are published
   * @throws RuleDriftError
   */
  async nothingTakenAway(read: () => Promise<{ all: readonly number[]; published: readonly number[] }>): Promise<void> {
    const { all, published } = await read();
    const candidates = [...all, Math.max(0, ...all) + 1].filter((version) => !published.includes(version));
    for (const version of candidates) {
      // Row and receipt are committed together: a version that is published meanwhile is there at the second look.
      if ((await this.#isLogged(version)) && !(await read()).published.includes(version)) {
        throw new RuleDriftError(version, 'it is published, and it was taken away');
      }
    }
  }

  async #approvedRule(row: StoredVersion): Promise<PublishedRule> {
    const { version } = row;
    const stored = JSON.stringify([row.digest, row.rule, row.publishedAtMs]);
    const known = this.#approved.get(version);
    if (known?.stored === stored) return known.published;
    if (known !== undefined) throw new RuleDriftError(version, 'it was changed after it was published');
    const rule = readRule(row);
    const loggedAtMs = await this.#loggedAt(row);
    // The notice period begins when the receipt was durable; a date set back in the database shortens nothing.
    const published = { rule, publishedAt: Math.max(row.publishedAtMs, loggedAtMs) };
    this.#approved.set(version, { stored, published });
    return published;
  }

  /**
   * Who proposed this version, as the log says: a name put into the database makes nobody another person.
   *
   * @throws RuleDriftError
   */
  async proposerOf(of: { version: number; digest: string }): Promise<string> {
    const { opened } = await this.#logged('rule_proposed', proposalReceipt(of.digest), of);
    const { by } = opened;
    if (typeof by !== 'string') throw new RuleDriftError(of.version, 'nobody stands in the receipt of its proposal');
    return by;
  }

  /** When the publication came into the log, after both persons were found there. Milliseconds. */
  async #loggedAt(row: StoredVersion): Promise<number> {
    const proposer = await this.proposerOf(row);
    const { opened, atMs } = await this.#logged('rule_published', publicationReceipt(row.version), row);
    const { by, approved_by: approvedBy } = opened;
    if (typeof approvedBy !== 'string' || by !== proposer || approvedBy === proposer) {
      throw new RuleDriftError(row.version, 'its receipts do not show two persons');
    }
    return atMs;
  }

  async #logged(
    kind: 'rule_proposed' | 'rule_published',
    receiptId: string,
    { version, digest }: { version: number; digest: string },
  ): Promise<{ opened: JsonObject; atMs: number }> {
    const proof = await this.#proofOf(receiptId, version);
    try {
      verifyLogged(proof, this.ledger.vkey);
    } catch (cause) {
      throw new RuleDriftError(version, 'its receipt is not in the log as signed', { cause });
    }
    const { claims } = readToken('receipt', proof.entry);
    const opened = openedFields(claims, proof);
    if (claims['kind'] !== kind || !opensTo(opened, { owner: this.owner, rule: digest, version })) {
      throw new RuleDriftError(version, 'the log holds another rule under this version');
    }
    return { opened, atMs: Number(claims['iat']) * 1000 };
  }

  async #proofOf(receiptId: string, version: number): Promise<ReceiptProof> {
    try {
      return await this.ledger.integrated(receiptId);
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      throw new RuleDriftError(version, 'the log holds no such proposal and publication', { cause });
    }
  }

  async #isLogged(version: number): Promise<boolean> {
    try {
      await this.ledger.proofOf(publicationReceipt(version));
      return true;
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'receipt_unknown') return false;
      throw error;
    }
  }
}

function readRule({ version, digest, rule: document }: StoredVersion) {
  try {
    const rule = parseRule(document);
    if (rule.version === version && ruleDigest(rule) === digest) return rule;
  } catch (cause) {
    if (!(cause instanceof PolicyError)) throw cause;
    throw new RuleDriftError(version, 'it cannot be read', { cause });
  }
  throw new RuleDriftError(version, 'it is not the document that its digest is of');
}

/** Its place in the log, up to a checkpoint that this node's own key has signed. */
function verifyLogged({ entry, index, inclusion, checkpoint }: ReceiptProof, vkey: string): void {
  const { size, root } = openCheckpoint(checkpoint, vkey, []);
  verifyInclusion({ index, size, leaf: leafHash(Buffer.from(entry)), proof: inclusion.map(decodeBase64), root });
}

/** The fields that the receipt commits to; an opening that is not what was committed to opens nothing. */
function openedFields({ commitments }: JsonObject, { opening }: ReceiptProof): JsonObject {
  if (!isJsonObject(commitments)) return {};
  const { accountability } = verifyOpening(commitments as unknown as Commitments, opening);
  return Object.fromEntries(
    Object.entries(opening.accountability)
      .filter(([name]) => accountability[name] === 'matches')
      .map(([name, { value }]) => [name, value as JsonValue]),
  );
}
