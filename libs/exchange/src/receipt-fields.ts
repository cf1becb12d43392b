import { canonicalJson, type JsonObject, type JsonValue } from '#protocol';

/**
 * What each kind of receipt commits to, in one place for the hop that writes it and for everyone who checks it. Fields of
 * the group `accountability` are opened to the parties of the transaction; fields of `content` tell of plates, counts and
 * persons and are opened by the node that wrote them to nobody but its own auditor, so that a broker never sees a count.
 */
export interface ReceiptFields {
  readonly accountability: JsonObject;
  readonly content: JsonObject;
}

/** What every receipt of a transaction states: the transaction and the W3C trace context of the hop. */
export interface Hop {
  readonly txn: string;
  readonly trace: string;
}

interface OneRequest extends Hop {
  /** Message digest of the request. */
  readonly request: string;
  readonly requester: string;
  readonly owner: string;
}

const fields = (accountability: object, content: object = {}): ReceiptFields => ({
  accountability: accountability as JsonObject,
  content: content as JsonObject,
});

/** Which release of whom to whom a request cites (onward transfer); content, since it joins two transactions. */
interface CitedRelease {
  readonly release: string;
  readonly txn: string;
  readonly recipient: string;
}

export const provenanceField = ({ provenance }: { readonly provenance?: CitedRelease }) =>
  provenance === undefined ? {} : { provenance: { ...provenance } };

/** Requester: an officer asked. Tags are under the requester's own key. */
export const askedFields = (
  of: Hop & {
    requester: string;
    ask: string;
    officer: string;
    purpose: string;
    offence: string;
    beneficiary: string;
    fan_out: number;
    /** Left out where it comes before. */
    approval?: 'afterwards';
  },
  content: { case_tag: string; plate_tags: string[]; provenance?: CitedRelease },
) => fields(of, content);

/** Requester: a supervisor approved this digest. */
export const approvedFields = (of: Hop & { requester: string; ask: string; supervisor: string; approval: string }) =>
  fields(of);

/** Requester: a supervisor disapproved of an emergency after it was asked; what was received is gone, or held out of sight. */
export const disapprovedFields = (
  of: Hop & { requester: string; ask: string; supervisor: string },
  content: { reads_deleted: number; reads_held: number },
) => fields(of, content);

/** Broker: decided, nothing denies, and this is forwarded. */
export const grantedFields = (of: OneRequest & { rule: string; undetermined: string[] }) =>
  fields({ ...of, decision: 'forward' });

/** Any hop: decided no. Codes of all reasons. */
export const refusedFields = (of: OneRequest & { rule: string; reasons: string[] }) =>
  fields({ ...of, decision: 'deny' });

/** Owner: this ciphertext is about to be released. Whether it holds reads is content: outside it looks the same. */
export const releaseFields = (
  of: OneRequest & { rule: string; ciphertext: string; granted: string },
  content: {
    outcome: string;
    read_count: number;
    officer_tag: string;
    supervisor_tag: string;
    case_tag: string;
    plate_tags: string[];
    reasons: string[];
    /** What was not searched, because the warrant does not cover it. */
    cut?: string[];
    /** Of a further page. */
    page?: number;
    /** What another agency received, and this one asked for. */
    provenance?: CitedRelease;
  },
) => fields(of, content);

/** Broker: the owner's release receipt, before the release. */
export const releaseLoggedFields = (of: OneRequest & { release: string; ciphertext: string }) => fields(of);

/** Owner: the broker's checkpoint over this release, as independent witnesses have cosigned it before anything left. */
export const witnessedFields = (of: OneRequest & { release: string; witnesses: string[]; notes: string[] }) =>
  fields(of);

/** Owner: the answer left. A release without it is reported as unconfirmed. */
export const sentFields = (of: OneRequest & { release: string }) => fields(of);

/** Requester: an outcome arrived and was verified. Only now it is opened and shown. */
export const deliveredFields = (of: OneRequest & { state: string; evidence: string }) => fields(of);

/** Broker: a request ended without an answer of the owner. */
export const endedFields = (of: OneRequest & { state: string }) => fields(of);

/** Requester: an officer asked for a further page of what one owner answered. */
export const pageAskedFields = (
  of: Hop & { requester: string; owner: string; ask: string; officer: string; page: number },
) => fields(of);

/** Requester: an owner sent more than was asked; it was dropped unseen. How much, and why, is content (P22). */
export const excessFields = (of: OneRequest & { release: string }, content: Readonly<Record<string, number>>) =>
  fields(of, content);

/** Owner: a rule was proposed, or published by a second person. */
export const ruleFields = (of: { owner: string; rule: string; version: number; by: string; approved_by?: string }) =>
  fields(of);

/** Owner: a release is called back, because what it rested on ended early. */
export const recalledFields = (of: OneRequest & { release: string; recall: string; because: string }) => fields(of);

/** Receiver: what was released is deleted. How many reads it was is content, as at the release. */
export const deletedFields = (of: OneRequest & { release: string; recall: string }, content: { read_count: number }) =>
  fields(of, content);

/** Owner: the receiver's answer to a recall, verified against the receiver's own ledger. */
export const recallAnsweredFields = (
  of: OneRequest & { release: string; recall: string; outcome: string; proof: string },
) => fields(of);

/** An agency's officer signed a declaration; by pseudonym, the name stands in the declaration alone. */
export const declaredFields = (of: {
  agency: string;
  declaration: string;
  digest: string;
  by: string;
  sworn: boolean;
}) => fields(of);

/** Owner: what was owed for an exception is late, or is here. The digest of a report is content. */
export const dutyFields = (
  of: OneRequest & { duty: string; exception: string; due_by: string },
  content: { report?: string } = {},
) => fields(of, content);

/** Any hop: an auditor read the receipts of a transaction, within the scope that its superior states (T8). */
export const auditReadFields = (of: { auditor: string; txn: string; query: string; receipts: number }) => fields(of);

/** A node: too few witnesses have cosigned this ledger since then; and that enough have again. */
export const unwitnessedFields = (of: { node: string; since: string; cosigned_size: number }) => fields(of);
export const witnessedAgainFields = (of: { node: string; since: string; cosigned_size: number }) => fields(of);

/** A broker or an oversight witness: how far it has followed another log, with the note as it was signed and cosigned. */
export const peerCheckpointFields = (of: {
  node: string;
  keeper: string;
  origin: string;
  size: number;
  note: string;
}) => fields(of);

/** The same: another log signed two trees that cannot both be true; both notes, as they were signed. */
export const splitViewFields = (of: { node: string; keeper: string; origin: string; stored: string; shown: string }) =>
  fields(of);

/** A node started to keep this ledger. */
export const startedFields = (of: { node: string }) => fields(of);

/** Whether every field of `expected` was opened with exactly that value. */
export function opensTo(opened: Readonly<Record<string, JsonValue>>, expected: JsonObject): boolean {
  return Object.entries(expected).every(
    ([name, value]) => name in opened && canonicalJson(opened[name] ?? null) === canonicalJson(value),
  );
}
