import {
  nodeMetadataOf,
  type OpenedRequest,
  type PartyView,
  type VerifiedPersons,
  type VerifiedRequest,
} from '#exchange';
import type { AgencyNode } from './agency-node.js';
import { OfficerTokenError, verifyOfficerIdToken, type VerifiedOfficer } from './session/index.js';

/** Officer and supervisor as their ID tokens show them, and under which tags this owner knows them. */
export interface Persons {
  readonly facts: VerifiedPersons;
  readonly tags: { readonly officer: string; readonly supervisor?: string };
}

type VerifiedPerson = VerifiedOfficer & { readonly issuer: string };

/** A person's ID token, against the provider keys in the requesting agency's verified metadata. */
export async function verifyPerson(
  idToken: string,
  requester: PartyView,
  approvedAtSeconds: number,
  node: AgencyNode,
): Promise<VerifiedPerson | OfficerTokenError> {
  let refused = new OfficerTokenError('issuer_mismatch');
  for (const { issuer, clientId, jwks, acrValues } of nodeMetadataOf(requester.chain).providers) {
    const provider = { issuer, client_id: clientId, jwks, acr_values: acrValues };
    try {
      const input = { idToken, provider, now: node.clock.now(), approvedAt: approvedAtSeconds * 1000 };
      return { ...(await verifyOfficerIdToken(input)), issuer };
    } catch (error) {
      if (!(error instanceof OfficerTokenError)) throw error;
      refused = error;
    }
  }
  return refused;
}

/** Both persons' ID tokens; the officer's alone where the approval follows, as of the request. */
export async function verifyPersons(
  request: VerifiedRequest,
  requester: PartyView,
  { sealed, approval }: OpenedRequest,
  node: AgencyNode,
): Promise<Persons | OfficerTokenError> {
  const { role, acr } = request.claims.clear.officer;
  const officer = await verifyPerson(sealed.officer_id_token, requester, approval?.iat ?? request.claims.iat, node);
  if (officer instanceof OfficerTokenError) return officer;
  const stated = officer.roles.some((held) => held === role) && officer.acr === acr;
  if (!stated) return new OfficerTokenError('role_missing');
  const tags = { officer: node.tags.person(officer.issuer, officer.sub) };
  const facts = { officer: { acr: officer.acr, role } };
  if (approval === undefined || sealed.supervisor_id_token === undefined) return { facts, tags };
  const supervisor = await verifyPerson(sealed.supervisor_id_token, requester, approval.iat, node);
  if (supervisor instanceof OfficerTokenError) return supervisor;
  if (!supervisor.roles.includes('supervisor')) return new OfficerTokenError('role_missing');
  const distinct = officer.issuer !== supervisor.issuer || officer.sub !== supervisor.sub;
  return {
    facts: { ...facts, distinct, approverRole: 'supervisor' },
    tags: { ...tags, supervisor: node.tags.person(supervisor.issuer, supervisor.sub) },
  };
}
