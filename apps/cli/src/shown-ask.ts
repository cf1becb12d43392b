import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { EXIT, type ExitCode } from './exit-codes.js';
import { numberIn, objectIn, objectsIn, optionalText, textIn, textsIn } from './json-reading.js';

export interface ShownReason {
  readonly code: string;
  readonly requirement: string;
  readonly required: string;
  readonly found: string;
  readonly source: string | undefined;
  readonly remedy: string;
}

/** One holding agency of an ask, as the requesting node shows it to its own people. */
export interface ShownOwner {
  readonly owner: string;
  /** As its verified metadata names it; its address where nothing in force is held of it. */
  readonly name: string;
  readonly state: string;
  /** What the sealed answer held: `reads`, `refused` or `none`. */
  readonly outcome: string | undefined;
  /** Why the node did not believe what came back, by name. */
  readonly problem: string | undefined;
  readonly reasons: readonly ShownReason[];
  readonly warnings: readonly string[];
  readonly reads: readonly JsonObject[];
  /** Reads that were received; fewer are shown once some have expired. */
  readonly readCount: number;
  readonly droppedCount: number;
  readonly truncated: boolean;
  /** Whether another page can be asked for. */
  readonly more: boolean;
  readonly obligations: JsonObject | undefined;
}

export interface ShownSign {
  readonly kind: string;
  readonly sign: string;
}

/** An ask with the state of each of its owners. */
export interface ShownAsk {
  readonly txn: string;
  readonly state: string;
  readonly createdAt: string;
  readonly askDigest: string;
  /** Of an emergency that went out at once: `owed`, `approved`, `disapproved`. */
  readonly approval: string | undefined;
  readonly ask: JsonObject;
  readonly reasons: readonly ShownReason[];
  /** What its narrative shows signs of, for a person to look at. */
  readonly review: readonly ShownSign[];
  /** Orders and warrants that go along, as they say of themselves. */
  readonly documents: readonly JsonObject[];
  readonly owners: readonly ShownOwner[];
}

/** @throws CliError where the node's answer is not an ask */
export function readShownAsk(answer: JsonObject): ShownAsk {
  return {
    txn: textIn(answer, 'txn'),
    state: textIn(answer, 'state'),
    createdAt: textIn(answer, 'created_at'),
    askDigest: textIn(answer, 'ask_digest'),
    approval: optionalText(answer, 'approval'),
    ask: objectIn(answer, 'ask'),
    reasons: objectsIn(answer, 'reasons').map(readReason),
    review: objectsIn(answer, 'review').map((sign) => ({ kind: textIn(sign, 'kind'), sign: textIn(sign, 'sign') })),
    documents: answer['legal_process_documents'] === undefined ? [] : objectsIn(answer, 'legal_process_documents'),
    owners: objectsIn(answer, 'owners').map(readOwner),
  };
}

function readOwner(owner: JsonObject): ShownOwner {
  const obligations = owner['obligations'];
  return {
    owner: textIn(owner, 'owner'),
    name: optionalText(owner, 'name') ?? textIn(owner, 'owner'),
    state: textIn(owner, 'state'),
    outcome: optionalText(owner, 'outcome'),
    problem: optionalText(owner, 'problem'),
    reasons: objectsIn(owner, 'reasons').map(readReason),
    warnings: textsIn(owner, 'warnings'),
    reads: objectsIn(owner, 'reads'),
    readCount: countIn(owner, 'read_count'),
    droppedCount: countIn(owner, 'dropped_count'),
    truncated: owner['truncated'] === true,
    more: owner['more'] === true,
    obligations: isJsonObject(obligations) ? obligations : undefined,
  };
}

function countIn(owner: JsonObject, member: string): number {
  const value: JsonValue | undefined = owner[member];
  return value === undefined ? 0 : numberIn(owner, member);
}

export function readReason(reason: JsonObject): ShownReason {
  return {
    code: textIn(reason, 'code'),
    requirement: textIn(reason, 'requirement'),
    required: textIn(reason, 'required'),
    found: textIn(reason, 'found'),
    source: optionalText(reason, 'source'),
    remedy: textIn(reason, 'remedy'),
  };
}

export type OwnerVerdict = 'permitted' | 'denied' | 'ended' | 'pending';

/** `ended`: expired or failed, so that nobody decided. */
export function verdictOf({ state, outcome }: ShownOwner): OwnerVerdict {
  switch (state) {
    case 'replied':
      return outcome === 'reads' ? 'permitted' : outcome === 'refused' ? 'denied' : 'ended';
    case 'denied':
    case 'broker_denied':
      return 'denied';
    case 'expired':
    case 'failed':
      return 'ended';
    default:
      return 'pending';
  }
}

/** Whether nothing about the ask will change any more without a person. */
export function isOver({ state }: ShownAsk): boolean {
  return state === 'ended' || state === 'refused_here';
}

export function exitOfAsk(ask: ShownAsk): ExitCode {
  if (ask.state === 'refused_here') return EXIT.denied;
  const verdicts = new Set(ask.owners.map(verdictOf));
  if (!isOver(ask) || verdicts.has('pending')) return EXIT.pending;
  if (verdicts.size > 1) return EXIT.mixed;
  if (verdicts.has('permitted')) return EXIT.ok;
  return verdicts.has('denied') ? EXIT.denied : EXIT.other;
}
