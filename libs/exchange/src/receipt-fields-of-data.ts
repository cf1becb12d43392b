import type { JsonObject } from '#protocol';
import type { Hop, ReceiptFields } from './receipt-fields.js';

/**
 * Receipts about data that a node keeps: deletions, holds, hot lists, alerts and what came of them. Persons stand in them by
 * pseudonym, plates and cases by tag under the node's own key and as `content` alone: whoever can guess a plate finds a bare
 * digest by trying. What counts hits is `content`, as everywhere.
 */
const fields = (accountability: object, content: object = {}): ReceiptFields => ({
  accountability: accountability as JsonObject,
  content: content as JsonObject,
});

/**
 * A node deleted what it had to, as a certificate says it.
 *
 * `deletion` is the certificate's id, `what` its class (`reads`, `received_reads`, `asks` …), `basis` the retention that ended
 * (`hit`, `non_hit`, `obligation`, `recall` …), `digest` that of the certificate, `from` and `until` instants that enclose what
 * was deleted, `kept_by_hold` whether a hold kept something back.
 */
export const deletionFields = (
  of: {
    agency: string;
    deletion: string;
    what: string;
    basis: string;
    from: string;
    until: string;
    digest: string;
    kept_by_hold: boolean;
  },
  content: { count: number; held: number },
) => fields(of, content);

/**
 * A preservation hold begins (`act` is `placed`, until a second person has confirmed it), is `confirmed`, or `renewed`. `basis` is
 * `prosecution`, `defence` or `litigation`, `statute` a citation; `order` the digest of the document, or null.
 */
export const holdPlacedFields = (
  of: {
    agency: string;
    hold: string;
    act: string;
    basis: string;
    statute: string;
    by: string;
    approved_by: string | null;
    until: string | null;
    order: string | null;
  },
  content: { count: number; case_tag: string },
) => fields(of, content);

/** A preservation hold ends, by a person or because its time is over (`by` is null then). */
export const holdEndedFields = (of: { agency: string; hold: string; by: string | null; reason: string }) => fields(of);

/** Somebody read what a hold preserves; in the ledger before anything is shown. */
export const holdReadFields = (of: { agency: string; hold: string; by: string }, content: { count: number }) =>
  fields(of, content);

/**
 * A hot list came in, or a person typed in an entry. `sources` are those of what it brought, `refused` those of which nothing
 * was taken, `digest` that of the file; how many of each is content.
 */
/** A node has a new key for this use, and states the one before until an instant. */
export const keyTurnedFields = (of: {
  node: string;
  use: string;
  kid: string;
  previous: string | null;
  previous_until: string | null;
}) => fields(of);

/** The private half of a key is gone: what was sealed to it stays sealed. */
export const keyDestroyedFields = (of: { node: string; use: string; kid: string }) => fields(of);

/**
 * Receiver: what a release brought and its owner called back is kept under a hold, out of sight. `until` is the hold's end or
 * the owner's own limit, whichever comes first; `order` the digest of what was sworn.
 */
export const recallHeldFields = (
  of: Hop & {
    request: string;
    requester: string;
    owner: string;
    release: string;
    recall: string;
    hold: string;
    basis: string;
    statute: string;
    order: string | null;
    until: string;
  },
  content: { read_count: number },
) => fields(of, content);

/** A hot list came in. `source` is its coded origin, `digest` that of the file; what was refused says why by code. */
export const hotListImportedFields = (
  of: {
    agency: string;
    list: string;
    version: string;
    sources: string[];
    digest: string;
    by: string;
    refused: string[];
  },
  content: { entries: Readonly<Record<string, number>>; left_out: Readonly<Record<string, number>> },
) => fields(of, content);

/** A standing request for alerts was permitted, or renewed. `until` is its end; a renewal names the one before. */
export const subscribedFields = (
  of: Hop & {
    request: string;
    requester: string;
    owner: string;
    subscription: string;
    until: string;
    renews: string | null;
  },
) => fields(of);

/** Owner: one alert under a standing request is about to be released. The same fields as a release, and the alert's id as content. */
export const standingAlertFields = (
  of: Hop & { request: string; requester: string; owner: string; rule: string; ciphertext: string },
  content: { alert: string; plate_tag: string },
) => fields(of, content);

/** Broker: that alert, before it is released. Requester: it arrived and was verified; only now it is opened. */
export const standingAlertLoggedFields = (
  of: Hop & { request: string; requester: string; owner: string; release: string; ciphertext: string },
) => fields(of);

/** A camera's read met an entry of a hot list. No action may follow before `verified`. */
export const alertedFields = (
  of: Partial<Hop> & { agency: string; alert: string; list: string; subscription: string | null },
  content: { plate_tag: string; read: string },
) => fields(of, content);

/**
 * A person compared image, plate, state and vehicle with the entry. `verdict` is `confirmed`, `misread`, `wrong_state`,
 * `wrong_vehicle` or `stale`; `basis` the digest of what was compared and seen.
 */
export const verifiedFields = (
  of: Partial<Hop> & { agency: string; alert: string; by: string; verdict: string; basis: string },
) => fields(of);

/** A person acts on an alert that persons have verified; `verifications` are the digests of those receipts. */
export const actedFields = (
  of: Partial<Hop> & { agency: string; alert: string; by: string; action: string; verifications: string[] },
) => fields(of);

/** What came of an alert or a release (`of` is the alert's id, or the digest of the release receipt). `outcome` is a code. */
export const outcomeFields = (
  of: Partial<Hop> & { agency: string; of: string; outcome: string; by: string; within_obligations: boolean },
) => fields(of);

/** Received reads left the node as a file, for its own people: `digest` is that of the file, `until` when it has to be gone. */
export const exportFields = (
  of: { agency: string; export: string; what: string; release: string; by: string; digest: string; until: string },
  content: { count: number },
) => fields(of, content);

/** Somebody wanted to take data out of a node, and was refused. */
export const exportRefusedFields = (of: {
  agency: string;
  export: string;
  what: string;
  by: string;
  reasons: string[];
}) => fields(of);

/**
 * A camera may post reads, got a new secret, or may post no more. `registration` is the digest of all that was said of it, and
 * `owner_class` whose camera it is said to be, since rules tell them apart.
 */
export const cameraFields = (of: {
  agency: string;
  camera: string;
  format: string;
  owner_class: string;
  registration: string;
  by: string;
}) => fields(of);
