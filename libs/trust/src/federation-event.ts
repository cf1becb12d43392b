import { CLOCK_TOLERANCE_SECONDS, signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireArchivedIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { TrustError } from './trust-error.js';

/** What an authority tells the federation at once, because somebody has to act on it. */
export const EVENT_KINDS = [
  'enrolled',
  'suspended',
  'reinstated',
  'withdrawn',
  'mark_issued',
  'mark_revoked',
  'key_withdrawn',
  'recalled',
] as const;
export type FederationEventKind = (typeof EVENT_KINDS)[number];

/** An event as it was read: every member is attacker-controlled. */
export interface UnverifiedEvent {
  readonly token: string;
  /** Identity of the event, and what the next one names as `previous`. */
  readonly digest: string;
  readonly issuer: string;
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly jti: string;
  /** 1 for the first of its issuer; one more each time. */
  readonly sequence: number;
  /** Digest of the event before; `undefined` for the first. */
  readonly previous: string | undefined;
  readonly kind: FederationEventKind;
  /** The entity that it is about. */
  readonly subject: string;
  /** As the kind has them: `reason`, `mark_type`, `status_index`, `kid` ... */
  readonly details: JsonObject;
}

declare const verified: unique symbol;

/** Made only by `verifyEvent`. */
export interface VerifiedEvent extends UnverifiedEvent {
  readonly [verified]: 'event';
}

/** How far the feed of an authority was followed: its last verified event, as a reader remembers it over a restart. */
export type FeedPosition = Pick<VerifiedEvent, 'issuer' | 'sequence' | 'digest' | 'issuedAt'>;

export interface EventContent {
  readonly issuer: string;
  readonly jti: string;
  readonly sequence: number;
  readonly previous: string | undefined;
  readonly kind: FederationEventKind;
  readonly subject: string;
  readonly details: JsonObject;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** Federation key of the issuer. */
  readonly key: SigningKey;
}

const GRAMMAR: Grammar = { kind: 'event', code: 'event_malformed', name: 'event' };
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;
const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER;

/** @returns compact `comity-event+jwt`, pushed and served as `application/comity-event+jwt` */
export function signEvent(content: EventContent): Promise<string> {
  const { issuer, jti, sequence, previous, kind, subject, details, issuedAt, key } = content;
  if ((sequence === 1) !== (previous === undefined)) {
    throw new TypeError('the first event of a feed, and only it, has none before it');
  }
  const claims: JsonObject = { iss: issuer, iat: secondsOf(issuedAt), jti, seq: sequence };
  if (previous !== undefined) claims['previous'] = previous;
  return signToken({ kind: 'event', claims: { ...claims, kind, sub: subject, details }, key });
}

/** Grammar only. @throws TrustError `event_malformed` */
export function parseEvent(token: string): UnverifiedEvent {
  const { read, claims } = readClaims(GRAMMAR, token);
  const kind = claims.text('kind');
  const known = EVENT_KINDS.find((each) => each === kind);
  if (!known) throw new TrustError('event_malformed', 'the event is of no known kind');
  const event = {
    token,
    digest: read.digest,
    issuer: parseEntityId(claims.text('iss')).id,
    issuedAt: claims.instant('iat'),
    jti: claims.text('jti', IDENTIFIER),
    sequence: claims.count('seq', MAX_SEQUENCE),
    previous: claims.has('previous') ? claims.text('previous', DIGEST) : undefined,
    kind: known,
    subject: parseEntityId(claims.text('sub')).id,
    details: claims.object('details'),
  };
  claims.end();
  if (event.sequence === 0 || (event.sequence === 1) !== (event.previous === undefined)) {
    throw new TrustError('event_malformed', 'the first event, and only it, has none before it');
  }
  return event;
}

/**
 * Verifies one event of `issuer`. It does not expire: an old one is still true, and its place in the feed says how old it is.
 * Whether it is the next one, `requireNextEvent` says; a pushed event that is not is a reason to pull, never to act on it.
 *
 * @param input.keys federation keys of the issuer; for an old event those in force then (historical keys)
 * @param input.now milliseconds
 * @throws TrustError `event_malformed`, `link_broken` (another issuer), `not_yet_valid`, `signature_invalid`
 */
export async function verifyEvent(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedEvent> {
  const { token, issuer, keys, now } = input;
  const event = parseEvent(token);
  const place = { entityId: event.subject };
  if (event.issuer !== issuer) throw new TrustError('link_broken', 'the event of another authority', place);
  if (event.issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'an event from the future', place);
  }
  await requireArchivedIssuer(GRAMMAR, { token, issuer, keys, entityId: event.subject });
  return event as VerifiedEvent;
}

/**
 * That `next` follows `last` in the feed of one authority without a gap, a fork or a step back. A fork (the same number with
 * another digest) is proof of an authority that tells two stories; both events together are the evidence.
 *
 * @param last `undefined` before the first event
 * @throws TrustError `event_out_of_order`
 */
export function requireNextEvent(last: FeedPosition | undefined, next: VerifiedEvent): void {
  const follows = last
    ? next.issuer === last.issuer && next.sequence === last.sequence + 1 && next.previous === last.digest
    : next.sequence === 1;
  if (!follows) {
    throw new TrustError('event_out_of_order', 'not the event after the last one', { entityId: next.subject });
  }
  if (last && next.issuedAt < last.issuedAt) {
    throw new TrustError('event_out_of_order', 'dated before the event that it follows', { entityId: next.subject });
  }
}

/** Verifies a page of a feed, oldest first, as it follows the last event seen. @throws TrustError as the two above */
export async function verifyEventFeed(input: {
  readonly tokens: readonly string[];
  readonly last: FeedPosition | undefined;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedEvent[]> {
  const events: VerifiedEvent[] = [];
  let { last } = input;
  for (const token of input.tokens) {
    const event = await verifyEvent({ ...input, token });
    requireNextEvent(last, event);
    events.push(event);
    last = event;
  }
  return events;
}
