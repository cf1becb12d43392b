import { VOCABULARY, retentionSeconds } from '#policy';
import { retentionUnderLaw, type RetentionLimits } from '#reads';
import { TrustError } from '#trust';
import type { AgencyNode } from '../agency-node.js';

/**
 * How long this agency keeps reads as of now: what its operator set, and no longer than any law or policy that is attested
 * for it. While nothing is known of the federation what was set holds alone; then nothing is released either.
 */
export async function retentionLimits(
  node: Pick<AgencyNode, 'settings' | 'directory' | 'own'>,
): Promise<RetentionLimits> {
  const { retentionMs, hitRetentionMs } = node.settings;
  return retentionUnderLaw({ readsMs: retentionMs, hitsMs: hitRetentionMs }, await attestedLimits(node));
}

async function attestedLimits({ directory, own }: Pick<AgencyNode, 'directory' | 'own'>): Promise<number[]> {
  try {
    const { attestations } = await directory.agencyView(own.ownChain());
    return attestations.flatMap(({ protection, level }) => {
      const seconds = protection === 'retention' ? retentionSeconds(VOCABULARY, level) : undefined;
      return seconds === undefined ? [] : [seconds * 1000];
    });
  } catch (error) {
    if (error instanceof TrustError) return [];
    throw error;
  }
}
