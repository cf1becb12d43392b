import type { DataSource } from 'typeorm';
import { nodeMetadataOf, verifySignedRule, type SignedRule } from '#exchange';
import { PeerRefusal, callPeerJson, unavailable } from '#exchange/io';
import { databaseIsAway } from '#postgres/io';
import { isJsonObject, type Clock, type Network } from '#protocol';
import type { VerifiedChain } from '#trust';

const FRESH_MS = 5_000;
/** A copy this old may still deny: many requests that are denied at once cost the owner one look a second. */
const DENY_FRESH_MS = 1_000;
const TIMEOUT_MS = 3_000;
const MAX_BYTES = 128 * 1024;

/**
 * The sharing rules of holding agencies, as they publish them. A newer version replaces an older one; an older one after a
 * newer one is ignored (T10). A rule that cannot be fetched anew stays in force here: the owner decides last anyway.
 */
export class OwnerRules {
  private readonly fetchedAt = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly network: Network,
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * The rule in force, or `undefined` where the owner says that it has published none.
   *
   * @throws ProblemError 503 where the owner cannot be asked and no rule of it is known
   */
  async current(owner: VerifiedChain): Promise<SignedRule | undefined> {
    return this.asOf(owner, FRESH_MS);
  }

  /**
   * As `current`, by the owner's word of this second: a refusal is for good, so that no copy that the owner has widened since
   * may decide it.
   *
   * @throws ProblemError as `current`
   */
  async latest(owner: VerifiedChain): Promise<SignedRule | undefined> {
    return this.asOf(owner, DENY_FRESH_MS);
  }

  private async asOf(owner: VerifiedChain, freshMs: number): Promise<SignedRule | undefined> {
    const fresh = this.clock.now() - (this.fetchedAt.get(owner.entityId) ?? 0) < freshMs;
    const failed = fresh ? undefined : await this.refresh(owner);
    const stored = await this.stored(owner);
    if (stored === undefined && failed !== undefined && !isMissing(failed)) {
      throw unavailable('the rule of the holding agency cannot be read', failed);
    }
    return stored;
  }

  /** @returns why it failed, if it did */
  private async refresh(owner: VerifiedChain): Promise<Error | undefined> {
    try {
      const fetched = await this.fetch(owner);
      const known = await this.stored(owner);
      if (known && known.rule.version > fetched.rule.version) {
        this.log(`rule: ${owner.entityId} shows an older version`);
        return undefined;
      }
      await this.dataSource.query(
        `insert into broker_rule (owner, digest, token, fetched_at) values ($1, $2, $3, $4)
         on conflict (owner) do update set digest = $2, token = $3, fetched_at = $4`,
        [owner.entityId, fetched.digest, fetched.token, new Date(this.clock.now())],
      );
      this.fetchedAt.set(owner.entityId, this.clock.now());
      return undefined;
    } catch (error) {
      if (databaseIsAway(error)) throw error;
      this.log(`rule: ${owner.entityId} could not be read`);
      return error instanceof Error ? error : new Error('failed');
    }
  }

  private async fetch(owner: VerifiedChain): Promise<SignedRule> {
    const answer = await callPeerJson(this.network, {
      url: `${nodeMetadataOf(owner).endpoint}/rule`,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    const token = isJsonObject(answer) ? answer['rule'] : undefined;
    if (typeof token !== 'string') throw new TypeError('no rule in the answer');
    return this.verified(token, owner);
  }

  private async stored(owner: VerifiedChain): Promise<SignedRule | undefined> {
    const rows: { token: string }[] = await this.dataSource.query('select token from broker_rule where owner = $1', [
      owner.entityId,
    ]);
    return rows[0] && this.verified(rows[0].token, owner);
  }

  private verified(token: string, owner: VerifiedChain): Promise<SignedRule> {
    const keys = owner.protocolKeys.signing;
    return verifySignedRule(token, { owner: owner.entityId, keys, now: this.clock.now() });
  }

  /** All rules this broker knows, as their owners signed them: part of the public register. */
  async all(): Promise<{ owner: string; rule: string }[]> {
    return this.dataSource.query('select owner, token as rule from broker_rule order by owner');
  }
}

/** The owner itself says that there is none. */
function isMissing(error: Error): boolean {
  return error instanceof PeerRefusal && error.status === 404;
}
