import { isJsonObject, parseMessage, readToken, signToken, type JsonObject, type SigningKey } from '#protocol';
import { RegisterRefusal } from '../register-refusal.js';
import {
  AddPersonAct,
  AttestAct,
  ConfirmAct,
  ImportAgreementsAct,
  RefuseAct,
  ReinstateAct,
  RestateAct,
  RevokeMarkAct,
  SuspendAct,
  VetAct,
  WithdrawAct,
  WithdrawKeyAct,
  WithdrawPersonAct,
} from './act-shapes.js';

/**
 * What a person may do, and how many it takes. What ends or narrows trust takes one, because it must not wait; what begins,
 * widens or restores it takes two (law 7).
 */
export const ACTS = {
  suspend: { shape: SuspendAct, persons: 1 },
  reinstate: { shape: ReinstateAct, persons: 2 },
  withdraw: { shape: WithdrawAct, persons: 1 },
  attest: { shape: AttestAct, persons: 2 },
  'revoke-mark': { shape: RevokeMarkAct, persons: 1 },
  'withdraw-key': { shape: WithdrawKeyAct, persons: 1 },
  restate: { shape: RestateAct, persons: 2 },
  // Two acts of two persons: the register counts them itself.
  vet: { shape: VetAct, persons: 1 },
  'add-person': { shape: AddPersonAct, persons: 2 },
  'withdraw-person': { shape: WithdrawPersonAct, persons: 2 },
  'import-287g': { shape: ImportAgreementsAct, persons: 1 },
  confirm: { shape: ConfirmAct, persons: 1 },
  refuse: { shape: RefuseAct, persons: 1 },
} as const;
export type ActKind = keyof typeof ACTS;

/** By kind: an act whose details were read as its class. */
export type AuthorityAct = {
  readonly [kind in ActKind]: {
    readonly kind: kind;
    /** Entity id of the authority that acts: the anchor or a jurisdiction. */
    readonly issuer: string;
    /** Whom it is about. */
    readonly subject: string;
    readonly details: InstanceType<(typeof ACTS)[kind]['shape']>;
  };
}[ActKind];

/** Lives as long as any other message. */
const LIFETIME_SECONDS = 120;

/** `iss` of a person's acts. */
export function personId(anchor: string, name: string): string {
  return `${anchor}/people/${name}`;
}

/** @returns compact `comity-authority-act+jwt` */
export function signAct(content: {
  readonly person: string;
  readonly anchor: string;
  readonly kind: ActKind;
  readonly issuer: string;
  readonly subject: string;
  readonly details: JsonObject;
  readonly jti: string;
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { person, anchor, kind, issuer, subject, details, jti, issuedAt, key } = content;
  const iat = Math.floor(issuedAt / 1_000);
  const times = { iat, exp: iat + LIFETIME_SECONDS, jti };
  const claims = { iss: personId(anchor, person), aud: anchor, ...times, act: kind, issuer, subject, details };
  return signToken({ kind: 'authority-act', claims, key });
}

/** Whoever the act says that signed it, still to be believed. @throws RegisterRefusal `not_a_person` */
export function personOf(token: string, anchor: string): string {
  const { iss } = readToken('authority-act', token).claims;
  const prefix = personId(anchor, '');
  if (typeof iss !== 'string' || !iss.startsWith(prefix)) throw new RegisterRefusal('not_a_person', 'nobody acts here');
  return iss.slice(prefix.length);
}

/**
 * Reads what an act is to do. Grammar only: who signed it is verified where its keys are known.
 *
 * @throws RegisterRefusal `act_refused`
 */
export function parseAct(token: string): AuthorityAct {
  const { claims } = readToken('authority-act', token);
  const { act: kind, issuer, subject, details, ...others } = claims;
  const known = Object.keys(ACTS).find((each) => each === kind) as ActKind | undefined;
  const rest = Object.keys(others).toSorted().join();
  if (!known || typeof issuer !== 'string' || typeof subject !== 'string' || !isJsonObject(details)) throw refused();
  if (rest !== 'aud,exp,iat,iss,jti') throw refused();
  try {
    const shape: new () => object = ACTS[known].shape;
    return { kind: known, issuer, subject, details: parseMessage(shape, details) } as AuthorityAct;
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new RegisterRefusal('act_refused', `the act is not acceptable${why}`, { cause });
  }
}

function refused(): RegisterRefusal {
  return new RegisterRefusal('act_refused', 'no such act');
}
