import type { Note, RequestParties, Told } from './request-hops.js';
import { isWithdrawn } from './request-hops.js';
import type { TraceCheck } from './trace-check.js';
import { fieldOf, type ProvenHop } from './trace-hop.js';

/** What was released is what was granted, what the broker logged before it left, and what the owner says it sent. */
export function checkRelease(told: Told, of: RequestParties, delivered: string | undefined, note: Note): TraceCheck[] {
  const { released, granted } = told;
  if (released === undefined) {
    const missing = (code: 'release_logged' | 'sent', hop: ProvenHop | undefined) =>
      hop === undefined ? [] : [note(code, 'missing', of.owner, 'tells of a release that no ledger holds')];
    return [...missing('release_logged', told.logged), ...missing('sent', told.sent)];
  }
  const cited = granted === undefined || fieldOf(released, 'granted') === granted.receipt.digest;
  const citation = cited
    ? note('grant_cited', 'holds', of.owner, 'the release cites the broker’s grant')
    : note('grant_cited', 'broken', of.owner, 'the release cites another grant');
  return [
    ...(granted === undefined ? [] : [citation]),
    ...loggedRelease(told, released, of, delivered, note),
    ...sentRelease(told, released, of, delivered, note),
  ];
}

function loggedRelease(
  told: Told,
  released: ProvenHop,
  { broker }: RequestParties,
  delivered: string | undefined,
  note: Note,
): TraceCheck[] {
  const { logged } = told;
  if (logged === undefined) {
    const left = told.sent !== undefined || delivered === 'replied';
    if (!left && isWithdrawn(told)) return [];
    return left
      ? [note('release_logged', 'missing', broker, 'an answer left that the broker’s ledger does not hold')]
      : [note('release_logged', 'pending', broker, 'the broker has not logged the release yet')];
  }
  const same =
    fieldOf(logged, 'release') === released.receipt.digest &&
    fieldOf(logged, 'ciphertext') !== undefined &&
    fieldOf(logged, 'ciphertext') === fieldOf(released, 'ciphertext');
  return same
    ? [note('release_logged', 'holds', broker, 'the broker logged this very release and ciphertext')]
    : [note('release_logged', 'broken', broker, 'the broker logged another release or ciphertext')];
}

function sentRelease(
  told: Told,
  released: ProvenHop,
  { owner }: RequestParties,
  delivered: string | undefined,
  note: Note,
): TraceCheck[] {
  const { sent } = told;
  if (sent === undefined) {
    if (isWithdrawn(told)) return [note('sent', 'holds', owner, 'withdrawn before it was sent')];
    const state = delivered === undefined ? 'pending' : 'missing';
    return [note('sent', state, owner, 'unconfirmed: released, and the owner does not state that it was sent')];
  }
  const fits = fieldOf(sent, 'release') === released.receipt.digest && sent.receipt.index > released.receipt.index;
  return fits
    ? [note('sent', 'holds', owner, 'sent after it was released')]
    : [note('sent', 'broken', owner, 'sent without a release before it')];
}
