import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { decodeBase64url, encodeBase64url, sha256 } from '#protocol';

export const ROLES = ['officer', 'supervisor', 'rule_admin'] as const;
export type Role = (typeof ROLES)[number];

/** One entry of the accounts file. */
export class Account {
  /** What the ID token says of the person: an opaque text, never a name. */
  @Matches(/^[\x21-\x7e]{1,64}$/)
  sub: string;

  @Matches(/^[a-z0-9][a-z0-9._-]{0,63}$/)
  username: string;

  /** `scrypt:<salt>:<hash>` as made by `hashPassword`; plain text only where `demo` is true. */
  @IsString()
  @Matches(/^[\x20-\x7e]{8,200}$/)
  password: string;

  /** Shown on the provider's own page; it never enters a token. */
  @IsString()
  @MaxLength(120)
  name: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles: Role[];

  /** The `client_id`s of the agencies that this person works for. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  clients: string[];

  /** Base32, at least 80 bits. */
  @Matches(/^[A-Z2-7]{16,128}$/)
  totp_secret: string;

  /** A demonstration account: its page shows the current code, and a code may be used again while it is current. */
  @IsOptional()
  @IsBoolean()
  demo?: boolean;
}

const HASH_PREFIX = 'scrypt:';
const HASH_BYTES = 32;
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const derive: (password: string, salt: Uint8Array, length: number, options: typeof COST) => Promise<Buffer> =
  promisify(scrypt);

export function isHashed(password: string): boolean {
  return /^scrypt:[A-Za-z0-9_-]{22,}:[A-Za-z0-9_-]{43}$/.test(password);
}

/** `scrypt:<salt>:<hash>`, both base64url; `salt` is 16 bytes or more. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const hash = await derive(password, salt, HASH_BYTES, COST);
  return `${HASH_PREFIX}${encodeBase64url(salt)}:${encodeBase64url(hash)}`;
}

/**
 * An unknown account costs the same hash as a hashed one, so that the time does not tell whether it exists (W16). A
 * demonstration account's plain password is compared as it is: it is public.
 */
export async function passwordMatches(account: Account | undefined, password: string): Promise<boolean> {
  if (account !== undefined && !isHashed(account.password))
    return sameBytes(sha256(account.password), sha256(password));
  const [, salt = '', hash = ''] = (account?.password ?? '').split(':');
  const given = await derive(password, decodeBase64url(salt), HASH_BYTES, COST);
  return account !== undefined && sameBytes(given, decodeBase64url(hash));
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/**
 * What single entries cannot show: repeated names, a plain password outside a demonstration, clients that are not among
 * `clientIds` (not looked at where the clients file itself was refused and `clientIds` is empty).
 */
export function accountProblems(accounts: readonly Account[], clientIds: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, account] of accounts.entries()) {
    const place = `accounts[${index}]`;
    for (const name of [`sub ${account.sub}`, `username ${account.username}`]) {
      if (seen.has(name)) problems.push(`${place}: ${name.split(' ')[0]} is used twice`);
      seen.add(name);
    }
    if (account.demo !== true && !isHashed(account.password)) {
      problems.push(`${place}: a plain password is only for an account with \`demo\``);
    }
    const unknown = clientIds.size === 0 ? [] : account.clients.filter((id) => !clientIds.has(id));
    problems.push(...unknown.map((id) => `${place}: client \`${id}\` is not in the clients file`));
  }
  return problems;
}
