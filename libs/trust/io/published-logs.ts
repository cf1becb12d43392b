import type { VerifiedChain } from '../src/index.js';

/** A ledger as its owner publishes it in its metadata. */
export interface PublishedLedger {
  readonly entityId: string;
  readonly origin: string;
  readonly vkey: string;
}

/** `ledger` in the metadata of a broker or an agency. */
export function publishedLedger({ entityId, metadata }: VerifiedChain): PublishedLedger[] {
  const ledger = metadata['ledger'];
  if (typeof ledger !== 'object' || ledger === null || Array.isArray(ledger)) return [];
  const { origin, vkey } = ledger;
  return typeof origin === 'string' && typeof vkey === 'string' ? [{ entityId, origin, vkey }] : [];
}

/** `federation_entity.witness_vkeys` of authorities, each once. */
export function publishedWitnessKeys(authorities: readonly Pick<VerifiedChain, 'federationEntity'>[]): string[] {
  const published = authorities.flatMap(({ federationEntity }) => {
    const keys = federationEntity['witness_vkeys'];
    return Array.isArray(keys) ? keys : [];
  });
  return [...new Set(published.filter((key) => typeof key === 'string'))];
}
