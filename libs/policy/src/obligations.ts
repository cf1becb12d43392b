import { bindingNow } from './attestation-reach.js';
import type { Attestation, Party } from './facts.js';
import { formatInstant } from './instant.js';
import type { ObligationCondition } from './conditions.js';
import { retentionSeconds, type Vocabulary } from './vocabulary.js';

/** What binds the receiver, in the members of an answer on the wire. */
export interface Obligations {
  /** Instant; from then on nothing of the answer may be kept. */
  readonly expires_at: string;
  readonly purpose: 'named_case_only';
  readonly onward_transfer: 'refused_without_new_request';
}

export interface ObligationsInput {
  readonly vocabulary: Vocabulary;
  readonly condition: ObligationCondition;
  /** Everybody who will have the data. */
  readonly receivers: readonly Party[];
  /** The attestations by which the requirements were met. */
  readonly reliedOn: readonly Attestation[];
  /** Milliseconds. */
  readonly now: number;
}

/**
 * The stricter of both sides, and no longer than the law relied on lasts: the earliest of the owner's retention, each
 * receiver's own retention by every law and policy that binds it, and the first end of an attestation relied on.
 */
export function obligationsFor({ vocabulary, condition, receivers, reliedOn, now }: ObligationsInput): Obligations {
  const ends = [now + condition.retention_seconds * 1000];
  for (const receiver of receivers) {
    for (const { level } of bindingNow(receiver, 'retention', now)) {
      const seconds = retentionSeconds(vocabulary, level);
      if (seconds !== undefined) ends.push(now + seconds * 1000);
    }
  }
  for (const { effectiveUntilMs } of reliedOn) if (effectiveUntilMs !== null) ends.push(effectiveUntilMs);
  return {
    expires_at: formatInstant(Math.min(...ends)),
    purpose: condition.purpose,
    onward_transfer: condition.onward_transfer,
  };
}
