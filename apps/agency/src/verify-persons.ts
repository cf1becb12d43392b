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
  readonly tags: { readonly officer: string; readonly supervisor: string };
}

/** Both persons' ID tokens, against the provider keys in the requesting agency's verified metadata. */
export async function verifyPersons(
  request: VerifiedRequest,
  requester: PartyView,
  { sealed, approval }: OpenedRequest,
  node: AgencyNode,
): Promise<Persons | OfficerTokenError> {
  const { providers } = nodeMetadataOf(requester.chain);
  const verify = async (idToken: string): Promise<VerifiedOfficer & { issuer: string }> => {
    let refused = new OfficerTokenError('issuer_mismatch');
    for (const { issuer, clientId, jwks, acrValues } of providers) {
      const provider = { issuer, client_id: clientId, jwks, acr_values: acrValues };
      try {
        const input = { idToken, provider, now: node.clock.now(), approvedAt: approval.iat * 1000 };
        return { ...(await verifyOfficerIdToken(input)), issuer };
      } catch (error) {
        if (!(error instanceof OfficerTokenError)) throw error;
        refused = error;
      }
    }
    throw refused;
  };
  try {
    const officer = await verify(sealed.officer_id_token);
    const supervisor = await verify(sealed.supervisor_id_token);
    const { role, acr } = request.claims.clear.officer;
    const stated = officer.roles.some((held) => held === role) && officer.acr === acr;
    if (!stated || !supervisor.roles.includes('supervisor')) return new OfficerTokenError('role_missing');
    const distinct = officer.issuer !== supervisor.issuer || officer.sub !== supervisor.sub;
    return {
      facts: { officer: { acr: officer.acr, role }, distinct, approverRole: 'supervisor' },
      tags: {
        officer: node.tags.person(officer.issuer, officer.sub),
        supervisor: node.tags.person(supervisor.issuer, supervisor.sub),
      },
    };
  } catch (error) {
    if (error instanceof OfficerTokenError) return error;
    throw error;
  }
}
