import { LedgerError, decodeBase64, openCheckpoint, verifyConsistency, type VerifiedCheckpoint } from '#ledger';
import type { LedgerEvidenceBody } from '#protocol';
import { TrustError, verifyAnchorConfiguration, type VerifiedChain } from '#trust';
import { ExchangeError } from '../exchange-error.js';
import { nodeMetadataOf } from '../node-metadata.js';
import { openLedgerCheckpoint } from '../verify-evidence.js';
import { nothingWhere, told, type At, type Chains, type EvidenceCheck } from './evidence-check.js';
import type { EvidenceDocuments, EvidenceWitnessed } from './evidence-documents.js';

/** Who else saw each ledger: without a witness, a ledger's keeper could have written another history for this reader. */
export async function witnessChecks(documents: EvidenceDocuments, chains: Chains, at: At): Promise<EvidenceCheck[]> {
  const keys = await anchorWitnesses(chains, at);
  return documents.trace.ledgers.flatMap(({ entityId, evidence }): EvidenceCheck[] => {
    const chain = chains.get(entityId);
    if (evidence === undefined || chain === undefined) return [];
    const shown = documents.witnessed.find((witnessed) => witnessed.entityId === entityId);
    if (shown === undefined) return [told('witness', 'missing', entityId, 'no witness has cosigned what it shows')];
    const agencies = [...chains.values()].filter((other) => other.entityId !== entityId);
    const vkeys = [...keys, ...agencies.flatMap((other) => witnessVkeyOf(other) ?? [])];
    return [witnessCheck(evidence, shown, chain, vkeys)];
  });
}

function witnessCheck(
  { checkpoint, receipts }: LedgerEvidenceBody,
  shown: EvidenceWitnessed,
  chain: VerifiedChain,
  vkeys: readonly string[],
): EvidenceCheck {
  const { entityId } = chain;
  try {
    const { ledger } = nodeMetadataOf(chain);
    const witnessed = openCheckpoint(shown.checkpoint, ledger.vkey, vkeys);
    const [cosignature] = witnessed.cosignatures;
    if (cosignature === undefined) return told('witness', 'missing', entityId, 'no known witness has cosigned it');
    sameHistory(openLedgerCheckpoint(checkpoint, ledger), witnessed, shown.consistency.map(decodeBase64));
    if (receipts.some(({ index }) => index >= witnessed.size)) {
      return told(
        'witness',
        'pending',
        entityId,
        `the cosigned ${witnessed.size} entries end before the receipts shown`,
      );
    }
    const time = new Date((cosignature.timeSeconds ?? 0) * 1_000).toISOString();
    const text = `${cosignature.key.name} cosigned ${witnessed.size} entries of this history at ${time}`;
    return told('witness', 'holds', entityId, text);
  } catch (error) {
    if (!(error instanceof LedgerError || error instanceof ExchangeError)) throw error;
    return told('witness', 'broken', entityId, `the cosigned checkpoint is not one of its history (${error.code})`);
  }
}

/** @throws LedgerError `consistency_invalid` */
function sameHistory(ours: VerifiedCheckpoint, theirs: VerifiedCheckpoint, proof: readonly Uint8Array[]): void {
  const [smaller, larger] = ours.size <= theirs.size ? [ours, theirs] : [theirs, ours];
  verifyConsistency({
    from: smaller.size,
    to: larger.size,
    fromRoot: smaller.root,
    toRoot: larger.root,
    proof,
  });
}

async function anchorWitnesses(chains: Chains, at: At): Promise<string[]> {
  const tokens = new Set([...chains.values()].flatMap(({ tokens: all }) => all.at(-1) ?? []));
  const anchors = await Promise.all(
    [...tokens].map((token) => verifyAnchorConfiguration({ token, ...at }).catch(nothingWhere(TrustError))),
  );
  const keys = anchors.flatMap((anchor) => anchor?.federationEntity['witness_vkeys'] ?? []);
  return keys.filter((key) => typeof key === 'string');
}

function witnessVkeyOf({ metadata }: VerifiedChain): string | undefined {
  const key = metadata['witness_vkey'];
  return typeof key === 'string' ? key : undefined;
}
