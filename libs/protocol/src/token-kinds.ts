/**
 * The closed list of what is ever signed. Each kind has its own `typ`, header, claims and lifetime, so that a message of
 * one kind can never be taken for another (RFC 8725 §3.11, J16).
 */
export interface TokenProfile {
  readonly typ: string;
  /** `alg kid typ`, and for a request also `trust_chain`, so that nothing unverified causes a fetch. */
  readonly carriesTrustChain: boolean;
  /** Whether `aud` is required (one string, the entity id of the receiver) or has no place. */
  readonly addressed: boolean;
  /** `exp - iat` at most; `undefined` where the kind does not expire. */
  readonly maxLifetimeSeconds: number | undefined;
  readonly requiresJti: boolean;
  /** Of the compact text. */
  readonly maxBytes: number;
}

/** Body of a message at most 64 KiB. */
const MESSAGE_BYTES = 64 * 1024;
/** An answer carries reads: as many padding steps of 16 KiB as a sealed text of 1 MiB has room for. */
const ANSWER_BYTES = 47 * 16 * 1024;

/** Each hop's envelope lives at most 120 s. */
const HOP_SECONDS = 120;
/** What a hop may have to hand out again after a crash lives as long as the longest `respond_by`, and one envelope more. */
const OUTCOME_SECONDS = 15 * 60 + HOP_SECONDS;
const DAY_SECONDS = 24 * 60 * 60;
/** A status list says what holds now. One older than this is as good as none. */
const STATUS_LIST_SECONDS = 40;
/** A list of 2^20 entries of two bits that does not compress, as base64url of JSON. */
const STATUS_LIST_BYTES = 512 * 1024;

const hop = {
  carriesTrustChain: false,
  addressed: true,
  maxLifetimeSeconds: HOP_SECONDS,
  requiresJti: true,
  maxBytes: MESSAGE_BYTES,
} as const;
const outcome = { ...hop, maxLifetimeSeconds: OUTCOME_SECONDS } as const;
const record = {
  carriesTrustChain: false,
  addressed: false,
  maxLifetimeSeconds: undefined,
  requiresJti: false,
  maxBytes: MESSAGE_BYTES,
} as const;
const published = { ...record, maxLifetimeSeconds: 400 * DAY_SECONDS } as const;

export const TOKEN_PROFILES = {
  request: { ...hop, typ: 'comity-request+jwt', carriesTrustChain: true },
  grant: { ...hop, typ: 'comity-grant+jwt' },
  'release-notice': { ...hop, typ: 'comity-release-notice+jwt' },
  'trace-query': { ...hop, typ: 'comity-trace-query+jwt', carriesTrustChain: true },
  approval: {
    ...record,
    typ: 'comity-approval+jwt',
    maxLifetimeSeconds: DAY_SECONDS,
    requiresJti: true,
  },
  /** Between an owner and itself, by way of the requester. */
  cursor: {
    ...hop,
    typ: 'comity-cursor+jwt',
    maxLifetimeSeconds: 60 * 60,
    maxBytes: 4 * 1024,
  },
  answer: { ...outcome, typ: 'comity-answer+jwt', maxBytes: ANSWER_BYTES },
  denial: { ...outcome, typ: 'comity-denial+jwt' },
  'end-state': { ...outcome, typ: 'comity-end-state+jwt' },
  receipt: { ...record, typ: 'comity-receipt+jwt' },
  rule: { ...record, typ: 'comity-rule+jwt', requiresJti: true },
  'entity-statement': { ...published, typ: 'entity-statement+jwt' },
  'trust-mark': { ...published, typ: 'trust-mark+jwt' },
  'trust-mark-delegation': { ...published, typ: 'trust-mark-delegation+jwt' },
  'trust-mark-status': { ...record, typ: 'trust-mark-status-response+jwt' },
  'resolve-response': { ...published, typ: 'resolve-response+jwt', maxBytes: 6 * MESSAGE_BYTES },
  'historical-keys': { ...record, typ: 'jwk-set+jwt' },
  'status-list': {
    ...record,
    typ: 'statuslist+jwt',
    maxLifetimeSeconds: STATUS_LIST_SECONDS,
    maxBytes: STATUS_LIST_BYTES,
  },
  event: { ...record, typ: 'comity-event+jwt', requiresJti: true },
  declaration: { ...published, typ: 'comity-declaration+jwt', requiresJti: true },
  /** A court signs; it says itself from when until when it holds, and its status list whether it still does. */
  warrant: { ...record, typ: 'comity-warrant+jwt', requiresJti: true },
  'warrant-attestation': {
    ...record,
    typ: 'comity-warrant-attestation+jwt',
    maxLifetimeSeconds: DAY_SECONDS,
    requiresJti: true,
  },
  /** A person of an authority acts; the one kind that a person and not a machine signs. */
  'authority-act': { ...hop, typ: 'comity-authority-act+jwt' },
  'duty-report': { ...hop, typ: 'comity-duty-report+jwt' },
  possession: { ...hop, typ: 'comity-possession+jwt', maxLifetimeSeconds: 15 * 60 },
  recall: { ...hop, typ: 'comity-recall+jwt', maxLifetimeSeconds: DAY_SECONDS },
  'recall-answer': { ...hop, typ: 'comity-recall-answer+jwt', maxLifetimeSeconds: DAY_SECONDS },
} as const satisfies Record<string, TokenProfile>;

export type TokenKind = keyof typeof TOKEN_PROFILES;
