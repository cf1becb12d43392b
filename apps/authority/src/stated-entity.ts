import { IsIn, IsObject, Matches, MaxLength } from 'class-validator';
import { LedgerError, parseVkey } from '#ledger';
import { ProtocolError, parseMessage, type JsonObject } from '#protocol';
import { TrustError, readStatedFacts } from '#trust';
import { RegisterRefusal } from './register-refusal.js';
import { MayBeAbsent, TEXT } from './register-shapes.js';

/** What a superior states about an entity, with nothing read into it yet. */
export class StatedEntity {
  @MaxLength(200)
  @Matches(TEXT)
  name: string;

  /** Of an agency. */
  @MayBeAbsent()
  @MaxLength(64)
  @Matches(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/)
  agency_class?: string;

  /** Of an agency. */
  @MayBeAbsent()
  @Matches(/^[A-Z0-9]{9}$/)
  ori?: string;

  /** County (5 digits) or place (7 digits) of an agency. */
  @MayBeAbsent()
  @Matches(/^\d{5}(\d\d)?$/)
  fips?: string;

  /** Side doors of an agency; what it leaves out is taken for the worst. */
  @MayBeAbsent()
  @IsObject()
  access?: JsonObject;

  /** What an auditor asks to read. */
  @MayBeAbsent()
  @IsObject()
  scope?: JsonObject;

  /** Of a court or prosecutor: which classes of legal process it signs, for which jurisdictions, with which keys. */
  @MayBeAbsent()
  @IsObject()
  process?: JsonObject;

  /** Of an auditor, a court or a witness: what it is. */
  @MayBeAbsent()
  @IsIn(['court', 'prosecutor', 'oversight', 'defence', 'witness'])
  role?: 'court' | 'prosecutor' | 'oversight' | 'defence' | 'witness';

  /** Its own ledger. */
  @MayBeAbsent()
  @IsObject()
  ledger?: JsonObject;
}

/**
 * A statement that may stand in the place of an earlier one, with the term of the enrolment, which goes on. What an entity is
 * known and checked by is stated again, or otherwise: its name, class, ORI, role, scope, process and ledger. Its side doors
 * (`access`) and its place (`fips`) may be left out, which is to say that nothing is stated of them.
 *
 * @throws RegisterRefusal `act_refused`: all that is left out, or the first member that cannot be read
 */
export function statementAfter(earlier: JsonObject, stated: JsonObject): JsonObject {
  const known = Object.keys(earlier).filter((member) => !MAY_GO.has(member));
  const gone = known.filter((member) => stated[member] === undefined);
  const strange = CHECKED.filter((member) => stated[member] !== undefined && earlier[member] === undefined);
  if (gone.length > 0) throw refused(`${named(gone)} stated now and left out: state it again, or otherwise`);
  if (strange.length > 0) throw refused(`${named(strange)} not of this entity`);
  try {
    const { ledger } = parseMessage(StatedEntity, stated);
    readStatedFacts(stated);
    if (ledger !== undefined && readLedger(ledger) === undefined) throw refused(NO_LEDGER);
  } catch (cause) {
    if (cause instanceof ProtocolError || cause instanceof TrustError) throw refused(cause.message, cause);
    throw cause;
  }
  const { expires_at: expiresAt } = earlier;
  return { ...stated, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) };
}

const MAY_GO: ReadonlySet<string> = new Set(['access', 'fips', 'expires_at']);
/** A member that belongs to another type of entity makes nothing of one that is not. */
const CHECKED = ['agency_class', 'ori', 'role', 'process', 'scope'] as const;

/** `{ origin, vkey }`, a key of that origin, in its one spelling; `undefined` where it is anything else. */
export function readLedger({ origin, vkey, ...others }: JsonObject): { origin: string; vkey: string } | undefined {
  if (typeof origin !== 'string' || typeof vkey !== 'string' || Object.keys(others).length > 0) return undefined;
  try {
    const key = parseVkey(vkey);
    return key.type === 'note' && key.name === origin ? { origin, vkey: key.vkey } : undefined;
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

export const NO_LEDGER = '`ledger` is not { origin, vkey } with a key of that origin';

function named(members: readonly string[]): string {
  return `${members.map((member) => `\`${member}\``).join(', ')} ${members.length === 1 ? 'is' : 'are'}`;
}

function refused(message: string, cause?: unknown): RegisterRefusal {
  return new RegisterRefusal('act_refused', message, { cause });
}
