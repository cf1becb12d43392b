import type { DataSource } from 'typeorm';
import { declaredFields } from '#exchange';
import type { Ledger } from '#ledger/io';
import { messageDigest, newIdentifier, type Clock, type Randomness, type SigningKey } from '#protocol';
import { parseDeclaration, signDeclaration, type DeclaringOfficer, type UnverifiedDeclaration } from '#trust';

/** What an officer of the agency declares, and for how long. */
export interface Declared {
  readonly declaration: string;
  readonly wording: string;
  readonly officer: DeclaringOfficer;
  readonly sworn: { readonly statute: string } | undefined;
  readonly lifetimeSeconds: number;
}

/** So many go along with a request; the newest first. */
const MAX_SENT = 8;

/** The agency's own declarations: signed once with its federation key, logged, kept, and withdrawn at any time. */
export class Declarations {
  constructor(
    private readonly of: {
      readonly dataSource: DataSource;
      readonly ledger: Ledger;
      readonly agency: string;
      readonly key: SigningKey;
      readonly clock: Clock;
      readonly randomness: Randomness;
    },
  ) {}

  /** @param by pseudonym of whoever is signed in @returns the declaration as it will be sent */
  async declare(declared: Declared, by: string): Promise<UnverifiedDeclaration> {
    const { dataSource, ledger, agency, key, clock, randomness } = this.of;
    const jti = newIdentifier(randomness);
    const token = await signDeclaration({
      issuer: agency,
      jti,
      ...declared,
      issuedAt: clock.now(),
      statusIndex: undefined,
      key,
    });
    const read = parseDeclaration(token);
    const receiptId = `declared/${jti}`;
    await dataSource.transaction(async (manager) => {
      await manager.query(
        `insert into declaration (jti, declaration, token, issued_at, expires_at, declared_by) values ($1, $2, $3, $4, $5, $6)`,
        [jti, declared.declaration, token, new Date(read.issuedAt), new Date(read.expiresAt), by],
      );
      const { declaration } = declared;
      const fields = declaredFields({ agency, declaration, digest: messageDigest(token), by, sworn: !!declared.sworn });
      await ledger.append(manager, { receiptId, kind: 'declared', fields });
    });
    await ledger.integrated(receiptId);
    return read;
  }

  /** True the first time; from then on it goes along with nothing more. */
  async withdraw(jti: string): Promise<boolean> {
    const [, updated]: [unknown[], number] = await this.of.dataSource.query(
      'update declaration set withdrawn_at = $2 where jti = $1 and withdrawn_at is null',
      [jti, new Date(this.of.clock.now())],
    );
    return updated === 1;
  }

  /** Those that are good now, newest first, at most eight: tokens, as they go into a sealed part. */
  async good(): Promise<string[]> {
    const rows = await this.of.dataSource.query<{ token: string }[]>(
      `select token from declaration where withdrawn_at is null and expires_at > $1 order by issued_at desc limit ${MAX_SENT}`,
      [new Date(this.of.clock.now())],
    );
    return rows.map(({ token }) => token);
  }
}
