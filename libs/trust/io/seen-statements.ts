import type { DataSource } from 'typeorm';
import { TrustError } from '../src/index.js';

/** Who spoke about whom, and when. Milliseconds. */
export interface SeenStatement {
  readonly issuer: string;
  readonly subject: string;
  readonly issuedAt: number;
}

/** Where it is kept over a restart. */
export interface SeenStatementsStore {
  all(): Promise<SeenStatement[]>;
  /** Durable when it returns; an older one never replaces a newer one. */
  put(statements: readonly SeenStatement[]): Promise<void>;
}

/** For a command that looks once and ends: it has seen nothing before. */
export const SEEN_NOTHING: SeenStatementsStore = { all: () => Promise.resolve([]), put: () => Promise.resolve() };

/** In the node's own database, table `seen_statement`. */
export function seenStatementsIn(dataSource: DataSource): SeenStatementsStore {
  return {
    async all() {
      const rows = await dataSource.query<{ issuer: string; subject: string; issued_at: Date }[]>(
        'select issuer, subject, issued_at from seen_statement',
      );
      return rows.map(({ issuer, subject, issued_at: at }) => ({ issuer, subject, issuedAt: at.getTime() }));
    },
    async put(statements) {
      await dataSource.query(
        `insert into seen_statement (issuer, subject, issued_at)
         select * from unnest($1::text[], $2::text[], $3::timestamptz[])
         on conflict (issuer, subject) do update
           set issued_at = greatest(seen_statement.issued_at, excluded.issued_at)`,
        [
          statements.map(({ issuer }) => issuer),
          statements.map(({ subject }) => subject),
          statements.map(({ issuedAt }) => new Date(issuedAt)),
        ],
      );
    },
  };
}

/**
 * The newest statement of each that this node believed. An older one may be kinder than the one after it: it is not taken,
 * from nobody and not after a restart either (T10, T13).
 */
export class SeenStatements {
  readonly #newest = new Map<string, number>();
  #loaded: Promise<void> | undefined;

  constructor(private readonly store: SeenStatementsStore) {}

  /** Has to have ended before anything is believed; only the first call reads. */
  async load(): Promise<void> {
    this.#loaded ??= this.store.all().then((statements) => statements.forEach((statement) => this.#note(statement)));
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  /** @throws TrustError `older_than_seen` with the entity that it speaks about */
  requireNotOlder(statements: readonly SeenStatement[]): void {
    for (const { issuer, subject, issuedAt } of statements) {
      const newest = this.#newest.get(keyOf(issuer, subject));
      if (newest !== undefined && issuedAt < newest) {
        throw new TrustError('older_than_seen', 'a newer statement was seen before', { entityId: subject });
      }
    }
  }

  /** Whether the issuer ever stated anything about the subject, as far as this node remembers: it remembers for ever. */
  hasSeen(issuer: string, subject: string): boolean {
    return this.#newest.has(keyOf(issuer, subject));
  }

  /** To be called before what was verified is acted on: what is forgotten could be rolled back. */
  async remember(statements: readonly SeenStatement[]): Promise<void> {
    const news = statements.filter(({ issuer, subject, issuedAt }) => {
      return issuedAt > (this.#newest.get(keyOf(issuer, subject)) ?? -1);
    });
    if (news.length === 0) return;
    await this.store.put(news);
    news.forEach((statement) => this.#note(statement));
  }

  #note({ issuer, subject, issuedAt }: SeenStatement): void {
    const key = keyOf(issuer, subject);
    this.#newest.set(key, Math.max(issuedAt, this.#newest.get(key) ?? 0));
  }
}

/** An entity id has no space. */
function keyOf(issuer: string, subject: string): string {
  return `${issuer} ${subject}`;
}
