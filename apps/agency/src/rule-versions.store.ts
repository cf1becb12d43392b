import type { DataSource } from 'typeorm';
import { ruleFields, signRule, type PublishedRule } from '#exchange';
import type { Ledger } from '#ledger/io';
import { parseRule, ruleDigest, type Rule } from '#policy';
import { ProblemError, problem, type Clock, type JsonValue, type Randomness, type SigningKey } from '#protocol';

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
  constructor(private readonly options: RuleVersionsOptions) {}

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
      await this.log(manager, 'rule_proposed', rule, { by });
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
      if (row.proposed_by === by) throw refused('second_person_needed', 'a rule is published by a second person', 403);
      const rule = parseRule(row.rule);
      const publishedAt = Math.floor(clock.now() / 1000) * 1000;
      const token = await signRule(rule, { key, publishedAt, randomness });
      await manager.query('update rule_version set token = $2, approved_by = $3, published_at = $4 where digest = $1', [
        digest,
        token,
        by,
        new Date(publishedAt),
      ]);
      await this.log(manager, 'rule_published', rule, { by: row.proposed_by, approved_by: by });
      return row.version;
    });
    await ledger.integrated(`rule_published/${digest}`);
    return { version, digest };
  }

  /** Published versions, oldest first. */
  async published(): Promise<PublishedRule[]> {
    const rows: Row[] = await this.options.dataSource.query(
      'select * from rule_version where published_at is not null order by version',
    );
    return rows.map(({ rule, published_at }) => ({
      rule: parseRule(rule),
      publishedAt: published_at?.getTime() ?? Number.POSITIVE_INFINITY,
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

  private log(
    manager: Parameters<Ledger['append']>[0],
    kind: 'rule_proposed' | 'rule_published',
    rule: Rule,
    persons: { by: string; approved_by?: string },
  ): Promise<void> {
    const digest = ruleDigest(rule);
    return this.options.ledger.append(manager, {
      receiptId: `${kind}/${digest}`,
      kind,
      fields: ruleFields({ owner: rule.owner, rule: digest, version: rule.version, ...persons }),
    });
  }
}

function refused(code: string, title: string, status = 422): ProblemError {
  return new ProblemError(problem(status, code, title));
}
