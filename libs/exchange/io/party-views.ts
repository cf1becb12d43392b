import { partiesWithAccess, TrustError } from '#trust';
import type { TrustDirectory } from '#trust/io';
import type { BeneficiaryView, Parties, PartyView } from '../src/index.js';

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
async function beneficiaryView(directory: TrustDirectory, beneficiary: string): Promise<BeneficiaryView> {
  if (beneficiary === 'none') return { kind: 'none' };
  const view = await partyView(directory, beneficiary);
  return view === undefined ? { kind: 'not_enrolled', entityId: beneficiary } : { kind: 'enrolled', view };
}

/** More are more than a decision reads: it then denies by name. */
const MOST_WITH_ACCESS = 512;

/**
 * Everybody whom a decision is about, as this node's own anchor vouches for them: besides the requester the beneficiary, the
 * owner, and whoever the superiors say comes to what either receives. A body that cannot be verified now is not there, and
 * counts as not enrolled.
 */
export async function partiesView(
  directory: TrustDirectory,
  named: { readonly requester: PartyView; readonly beneficiary: string; readonly owner: PartyView | undefined },
): Promise<Parties> {
  const { requester, owner } = named;
  const beneficiary = await beneficiaryView(directory, named.beneficiary);
  const receivers = beneficiary.kind === 'enrolled' ? [requester, beneficiary.view] : [requester];
  return { requester, beneficiary, owner, withAccess: await viewsWithAccess(directory, receivers) };
}

/** Each body once, from list to list. */
async function viewsWithAccess(directory: TrustDirectory, receivers: readonly PartyView[]): Promise<PartyView[]> {
  const views = [...receivers];
  const seen = new Set(views.map(({ chain }) => chain.entityId));
  // The list grows while it is walked.
  for (const { chain } of views) {
    for (const { entityId } of partiesWithAccess(chain.access).parties) {
      if (entityId === undefined || seen.has(entityId)) continue;
      seen.add(entityId);
      const view = await partyView(directory, entityId);
      if (view !== undefined) views.push(view);
      if (views.length > receivers.length + MOST_WITH_ACCESS) return views.slice(receivers.length);
    }
  }
  return views.slice(receivers.length);
}
