import type { JsonObject } from '#protocol';
import { parseInstant } from '#reads';

/** What a person wants to take out of the node. */
export interface StatedExport {
  readonly caseNumber: string;
  /** For whom: an entity id. */
  readonly recipient: string;
}

export interface ExportFacts {
  /** This agency. */
  readonly agency: string;
  /** The case that the reads were asked for. */
  readonly caseNumber: string;
  /** As the owner signed them. */
  readonly obligations: JsonObject;
  /** Whether the ask was approved, before or after. */
  readonly isApproved: boolean;
  readonly reads: number;
  readonly isRecalled: boolean;
  readonly now: number;
}

export type ExportReason =
  'onward_transfer' | 'obligation_unknown' | 'approval_owed' | 'another_case' | 'expired' | 'recalled' | 'nothing_kept';

/** What each reason says to the person, and what to do instead. */
export const EXPORT_REASONS: Readonly<Record<ExportReason, string>> = {
  onward_transfer:
    'the owner lets nobody pass it on: whoever needs it asks the owner by a request that cites this release',
  obligation_unknown: 'an obligation is not known here, and so is not met',
  approval_owed: 'a supervisor has not approved of the emergency under which it was asked',
  another_case: 'it may be used for the case alone that it was asked for',
  expired: 'the time for which the owner lets it be kept is over',
  recalled: 'its owner has called it back',
  nothing_kept: 'nothing is kept here of that owner in this transaction',
};

const MEMBERS = ['expires_at', 'onward_transfer', 'purpose'];

/**
 * Whether received reads may leave as a file: to this agency's own people, for their case, while they may be kept. Every
 * obligation has to be one that is known here; none is read around. Empty where nothing stands against it.
 */
export function decideExport(stated: StatedExport, facts: ExportFacts): ExportReason[] {
  const { obligations } = facts;
  const reasons: ExportReason[] = [];
  if (facts.isRecalled) reasons.push('recalled');
  if (facts.reads === 0) return [...reasons, 'nothing_kept'];
  const isKnown =
    Object.keys(obligations)
      .filter((name) => name !== 'duties')
      .toSorted()
      .join() === MEMBERS.join() &&
    obligations['purpose'] === 'named_case_only' &&
    obligations['onward_transfer'] === 'refused_without_new_request';
  if (!isKnown) reasons.push('obligation_unknown');
  if (!facts.isApproved) reasons.push('approval_owed');
  if (stated.recipient !== facts.agency) reasons.push('onward_transfer');
  if (stated.caseNumber !== facts.caseNumber) reasons.push('another_case');
  if (isExpired(obligations['expires_at'], facts.now)) reasons.push('expired');
  return reasons;
}

function isExpired(expiresAt: unknown, now: number): boolean {
  try {
    return typeof expiresAt !== 'string' || !(now < parseInstant(expiresAt));
  } catch {
    // An end that cannot be read is over.
    return true;
  }
}
