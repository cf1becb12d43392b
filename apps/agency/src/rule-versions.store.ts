import type { DataSource } from 'typeorm';
import { ruleFields, signRule, type PublishedRule } from '#exchange';
import type { Ledger } from '#ledger/io';
import { parseRule, ruleDigest, type Rule } from '#policy';
import { ProblemError, problem, type Clock, type JsonValue, type Randomness, type SigningKey } from '#protocol';
import {
  ApprovedRules,
  RuleDriftError,
  proposalReceipt,
  publicationReceipt,
  type StoredVersion,
} from './approved-rules.js';

interface Row {
  version: number;
  digest: string;
  token: string | null;
  rule: JsonValue;
  proposed_by: string;
  published_at: Date | null;
}

export interface RuleVersionsOptions {
  readonly dataSource: DataSource;
  readonly ledger: Ledger;
  readonly owner: string;
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/**
 * This agency's rule, in versions. One person proposes, another one publishes; both steps are logged, and a version takes
 * effect only by its published, signed form (N05: nobody widens a rule alone, or for ten minutes).
 */
export class RuleVersions {
  readonly #approved: ApprovedRules;
  #drift: RuleDriftError | undefined;

  constructor(private readonly options: RuleVersionsOptions) {
    this.#approved = new ApprovedRules(options.ledger, options.owner);
  }

  /** Why nothing is decided by the rule any more, if so. */
  get drift(): RuleDriftError | undefined {
    return this.#drift;
  }

  async propose(document: JsonValue, by: string): Promise<{ version: number; digest: string }> {
    const rule = parseRule(document);
    if (rule.owner !== this.options.owner) throw refused('owner_differs', 'the rule names another owner');
    const digest = ruleDigest(rule);
    await this.options.dataSource.transaction(async (manager) => {
      const newest: { version: number }[] = await manager.query('select max(version) as version from rule_version');
      if (rule.version !== (newest[0]?.version ?? 0) + 1) {
        throw refused('version_out_of_order', `the next version is ${(newest[0]?.version ?? 0) + 1}`);
      }
      await manager.query(
        'insert into rule_version (version, digest, rule, proposed_by, proposed_at) values ($1, $2, $3, $4, $5)',
        [rule.version, digest, JSON.stringify(rule), by, new Date(this.options.clock.now())],
      );
      await this.log(manager, { kind: 'rule_proposed', receiptId: proposalReceipt(digest) }, rule, { by });
    });
    return { version: rule.version, digest };
  }

  async publish(digest: string, by: string): Promise<{ version: number; digest: string }> {
    const { dataSource, key, clock, randomness, ledger } = this.options;
    const version = await dataSource.transaction(async (manager) => {
      const rows: Row[] = await manager.query('select * from rule_version where digest = $1 for update', [digest]);
      const [row] = rows;
      if (row === undefined) throw refused('not_found', 'no proposed rule has this digest', 404);
      if (row.published_at !== null) throw refused('already_published', 'this version is published already', 409);
      // By the log and not by the row: whoever can write to the database could write another proposer into it.
      const proposer = await this.#proposer(row);
      if (proposer === by) throw refused('second_person_needed', 'a rule is published by a second person', 403);
      const rule = parseRule(row.rule);
      const publishedAt = Math.floor(clock.now() / 1000) * 1000;
      const token = await signRule(rule, { key, publishedAt, randomness });
      await manager.query('update rule_version set token = $2, approved_by = $3, published_at = $4 where digest = $1', [
        digest,
        token,
        by,
        new Date(publishedAt),
      ]);
      const receipt = { kind: 'rule_published', receiptId: publicationReceipt(row.version) } as const;
      await this.log(manager, receipt, rule, { by: proposer, approved_by: by });
      return row.version;
    });
    await ledger.integrated(publicationReceipt(version));
    return { version, digest };
  }

  /**
   * Published versions, oldest first, each as the ledger says that two persons published it.
   *
   * @throws ProblemError `rule_drift` where what is stored is something else: then nothing is decided at all
   */
  async published(): Promise<readonly PublishedRule[]> {
    if (this.#drift !== undefined) throw driftProblem(this.#drift);
    try {
      return await this.#approved.of(await this.#stored());
    } catch (error) {
      if (!(error instanceof RuleDriftError)) throw error;
      this.#drift = error;
      throw driftProblem(error);
    }
  }

  /** The drift alarm: as `published`, and whether a version was taken away since it was published. Says why, if so. */
  async checkDrift(): Promise<string | undefined> {
    try {
      await this.#approved.of(await this.#stored());
      await this.#approved.nothingTakenAway(async () => {
        const rows: { version: number; published: boolean }[] = await this.options.dataSource.query(
          'select version, published_at is not null as published from rule_version',
        );
        const published = rows.filter((row) => row.published);
        return { all: rows.map(({ version }) => version), published: published.map(({ version }) => version) };
      });
      this.#drift = undefined;
    } catch (error) {
      if (!(error instanceof RuleDriftError)) throw error;
      this.#drift = error;
    }
    return this.#drift?.message;
  }

  async #stored(): Promise<StoredVersion[]> {
    const rows: Row[] = await this.options.dataSource.query(
      'select * from rule_version where published_at is not null order by version',
    );
    return rows.map(({ version, digest, rule, published_at }) => ({
      version,
      digest,
      rule,
      publishedAtMs: published_at?.getTime() ?? Number.POSITIVE_INFINITY,
    }));
  }

  async current(): Promise<PublishedRule | undefined> {
    return (await this.published()).at(-1);
  }

  /** The newest version as it was signed. */
  async currentToken(): Promise<string | undefined> {
    const rows: { token: string }[] = await this.options.dataSource.query(
      'select token from rule_version where published_at is not null order by version desc limit 1',
    );
    return rows[0]?.token;
  }

  async list(): Promise<{ version: number; digest: string; rule: JsonValue; published: boolean }[]> {
    const rows: Row[] = await this.options.dataSource.query('select * from rule_version order by version');
    return rows.map(({ version, digest, rule, published_at }) => ({
      version,
      digest,
      rule,
      published: published_at !== null,
    }));
  }

  async #proposer(row: Row): Promise<string> {
    try {
      return await this.#approved.proposerOf(row);
    } catch (error) {
      throw error instanceof RuleDriftError ? driftProblem(error) : error;
    }
  }

  private log(
    manager: Parameters<Ledger['append']>[0],
    receipt: { kind: 'rule_proposed' | 'rule_published'; receiptId: string },
    rule: Rule,
    persons: { by: string; approved_by?: string },
  ): Promise<void> {
    const fields = ruleFields({ owner: rule.owner, rule: ruleDigest(rule), version: rule.version, ...persons });
    return this.options.ledger.append(manager, { ...receipt, fields });
  }
}

function refused(code: string, title: string, status = 422): ProblemError {
  return new ProblemError(problem(status, code, title));
}

function driftProblem(cause: RuleDriftError): ProblemError {
  const title = 'the rule that is stored is not the one that two persons have published';
  return new ProblemError(problem(503, 'rule_drift', title, { retryAfterSeconds: 60 }), { cause });
}
