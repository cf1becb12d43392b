import { createHash } from 'node:crypto';
import type { WitnessWord } from '#ledger/io';
import type { Network } from '#protocol';
import type { TrustDirectory } from '#trust/io';

const TIMEOUT_MS = 2_000;
const NOTE_BYTES = 32 * 1024;

/** A witness and its monitoring prefix (C2SP tlog-witness): `<hash of an origin>/checkpoint` lies below it. */
export interface WitnessDoor {
  readonly entityId: string;
  readonly url: string;
}

/** Every witness of the ledger of `keeper`: those `listed`, and every agency that is known and publishes a witness key. */
export function witnessesOf(listed: readonly WitnessDoor[], directory: TrustDirectory, keeper: string): WitnessDoor[] {
  const agencies = directory.agencies().filter(({ entityId, metadata }) => {
    return entityId !== keeper && typeof metadata['witness_vkey'] === 'string';
  });
  return [
    ...listed,
    ...agencies.map(({ entityId, metadata }) => {
      const endpoint = typeof metadata['endpoint'] === 'string' ? metadata['endpoint'] : entityId;
      return { entityId, url: `${endpoint}/witness` };
    }),
  ];
}

/** Asks each witness what it last cosigned of the log of `origin` (C2SP tlog-witness, monitoring). One that fails is silent. */
export function askWitnesses(
  origin: string,
  doors: readonly WitnessDoor[],
  network: Network,
): Promise<readonly WitnessWord[]> {
  const path = `/${createHash('sha256').update(origin).digest('hex')}/checkpoint`;
  return Promise.all(
    doors.map(async ({ entityId: witness, url }): Promise<WitnessWord> => {
      try {
        const answer = await network.request({
          method: 'GET',
          url: `${url}${path}`,
          timeoutMs: TIMEOUT_MS,
          maxBytes: NOTE_BYTES,
        });
        if (answer.status === 200) return { witness, answer: 'cosigned', note: answer.body };
        return { witness, answer: answer.status === 404 ? 'nothing' : 'silent' };
      } catch {
        // Away: it is named as silent, and whoever asked decides what that means.
        return { witness, answer: 'silent' };
      }
    }),
  );
}
