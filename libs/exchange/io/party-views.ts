import { TrustError } from '#trust';
import type { TrustDirectory } from '#trust/io';
import type { BeneficiaryView, PartyView } from '../src/index.js';

/**
 * An agency as this node collected it in the background, or `undefined` where nothing in force is held: an agency that
 * cannot be verified now is not there.
 */
export async function partyView(directory: TrustDirectory, entityId: string): Promise<PartyView | undefined> {
  try {
    return await directory.agencyView(directory.statementsFor(entityId));
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}

/** The beneficiary named in a request. One that is not enrolled meets nothing. */
export async function beneficiaryView(directory: TrustDirectory, beneficiary: string): Promise<BeneficiaryView> {
  if (beneficiary === 'none') return { kind: 'none' };
  const view = await partyView(directory, beneficiary);
  return view === undefined ? { kind: 'not_enrolled', entityId: beneficiary } : { kind: 'enrolled', view };
}
