import type { TrustDirectory } from '#trust/io';
import type { VerifiedChain } from '#trust';
import { nodeMetadataOf, type KnownWitness } from '../src/index.js';
import type { NodeConfig } from './node-config.js';

/**
 * Every witness that this node knows an address of: those of its anchors, those that the operator's policy lists, and every
 * enrolled agency. Which of them are independent of a ledger is decided for each ledger anew.
 */
export function knownWitnesses(
  { anchors, witnessPolicy }: Pick<NodeConfig, 'anchors' | 'witnessPolicy'>,
  directory: TrustDirectory,
): KnownWitness[] {
  const listed = witnessPolicy?.witnesses ?? [];
  return [
    ...directory.agencies().flatMap(witnessOf),
    ...anchors.map(({ entityId }) => ({
      id: entityId,
      url: `${entityId}/witness`,
      vkeys: directory.witnessKeys(),
      controllers: [entityId],
    })),
    ...listed.flatMap(({ key, url }) =>
      url === undefined ? [] : [{ id: key.name, url, vkeys: [key.vkey], controllers: [key.name] }],
    ),
  ];
}

function witnessOf(chain: VerifiedChain): KnownWitness[] {
  const vkey = chain.metadata['witness_vkey'];
  if (typeof vkey !== 'string') return [];
  const { endpoint } = nodeMetadataOf(chain);
  return [{ id: chain.entityId, url: `${endpoint}/witness`, vkeys: [vkey], controllers: controllersOf(chain) }];
}

/** Whoever can decide for an entity: itself, and the bodies that its superior states to control it. */
export function controllersOf({ entityId, access }: VerifiedChain): string[] {
  const bodies = access.controllingBodies.stated ? access.controllingBodies.value : [];
  return [entityId, ...bodies.map((body) => body.entityId ?? body.name)];
}
