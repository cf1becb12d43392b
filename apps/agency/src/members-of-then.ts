import { TrustError, type VerifiedChain } from '#trust';
import type { AgencyNode } from './agency-node.js';

/** A member of the federation, of now or of then. */
export interface MemberOfThen {
  readonly chain: VerifiedChain;
  /** As a trace shows it: of one that has left, with when its chain was in force. */
  readonly shown: { readonly chain: string[]; readonly chain_at?: number };
}

/** Whoever has a part in an old transaction: as it is held now, also where it is suspended, or as it was when it left. */
export async function memberOf(
  entityId: string,
  { directory }: Pick<AgencyNode, 'directory'>,
): Promise<MemberOfThen | undefined> {
  try {
    return { chain: directory.chainFor(entityId), shown: { chain: [...directory.statementsFor(entityId)] } };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
  }
  const former = await directory.formerMember(entityId);
  return former && { chain: former.chain, shown: { chain: [...former.tokens], chain_at: former.at } };
}
