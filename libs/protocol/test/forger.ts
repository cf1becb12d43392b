import type { JsonObject } from '#protocol';
import { BROKER, REQUESTER, claimsOf, party, type Party } from './example-parties.js';
import { forge, type Part } from './forge.js';

/** One request token that must be refused, and the check that has to refuse it. */
export interface HostileToken {
  readonly id: string;
  readonly title: string;
  readonly token: string;
  readonly detail: string;
  /** Whose keys the verifier looks up; the requester's unless the case needs ES256. */
  readonly sender: Party;
}

/** What the cases are made of: genuine parties, a genuine request, and signatures over anything. */
export interface Forger {
  readonly requester: Party;
  /** An address that must never be asked: the test listens on it and counts. */
  readonly trapAddress: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** Genuinely signed by the requester. */
  readonly signed: (header: Part, claims: Part) => string;
  readonly row: (id: string, title: string, token: string, detail: string) => HostileToken;
}

export async function forger(trapAddress: string): Promise<Forger> {
  const requester = await party(REQUESTER);
  return {
    requester,
    trapAddress,
    header: { alg: 'Ed25519', kid: requester.signing.kid, typ: 'comity-request+jwt', trust_chain: ['a.b.c'] },
    claims: claimsOf('request', REQUESTER, BROKER),
    signed: (header, claims) => forge(header, claims, requester.privateJwk),
    row: (id, title, token, detail) => ({ id, title, token, detail, sender: requester }),
  };
}
