// Long because one valid example of every message stands beside the others, so that tests can cross them.
import {
  AnswerClaims,
  ApprovalClaims,
  Ask,
  BrokerOutcomeBody,
  DenialClaims,
  EndStateClaims,
  GrantBody,
  GrantClaims,
  OwnerOutcomeBody,
  ReleaseLoggedBody,
  ReleaseNoticeBody,
  ReleaseNoticeClaims,
  RequestClaims,
  SealedPart,
  SubmitRequestBody,
  TraceQueryBody,
  TraceQueryClaims,
  type JsonObject,
} from '#protocol';
import { BROKER, NOW_SECONDS, OWNER, REQUESTER } from './example-parties.js';

export interface ExampleMessage {
  readonly name: string;
  readonly type: new () => object;
  readonly value: JsonObject;
  /** Paths of members that may be left out. */
  readonly optional: readonly string[];
  /** Paths of lists that may be empty. */
  readonly emptyLists: readonly string[];
  /** Paths of objects whose members no class declares. */
  readonly records: readonly string[];
}

const DIGEST = 'A'.repeat(43);
const JTI = 'aWRlbnRpZmllci0xMjM0NQ';
const TXN = '11111111-2222-4333-8444-555555555555';
const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const TOKEN = 'aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl';
const FROM = '2026-11-01T00:00:00-07:00';
const UNTIL = '2026-11-20T00:00:00-08:00';
const NODE_HASH = `${'A'.repeat(43)}=`;

const parties = { iss: REQUESTER, aud: BROKER, jti: JTI, iat: NOW_SECONDS, exp: NOW_SECONDS + 120 };
const hop = { ...parties, txn: TXN, traceparent: TRACEPARENT };

export const ASK: JsonObject = {
  v: 1,
  case_number: '2026-0042',
  offence: '13A',
  purpose: 'criminal-investigation',
  narrative: 'the car left the scene northbound\nand was seen again',
  beneficiary: 'none',
  exception: 'none',
  legal_process: { class: 'warrant', reference: 'superior court 26-1-00042' },
  query: {
    kind: 'plate_history',
    plates: [{ text: 'ABC123', state: 'WA' }, { text: 'XYZ789' }],
    from: FROM,
    until: UNTIL,
  },
  owners: { count: 2, root: DIGEST },
};

const CLEAR: JsonObject = {
  kind: 'plate_history',
  from: FROM,
  until: UNTIL,
  plate_count: 2,
  purpose: 'criminal-investigation',
  offence: '13A',
  exception: 'none',
  legal_process: { class: 'warrant', commitment: DIGEST },
  beneficiary: 'none',
  approved: true,
  officer: { pseudonym: DIGEST, role: 'detective', acr: 'urn:example:mfa' },
};

const REASON: JsonObject = {
  code: 'protection_not_met',
  requirement: 'immigration use',
  required: 'statute',
  found: 'absent',
  source: 'ORS 181A.820',
  remedy: 'an attested statute',
};

const EVIDENCE: JsonObject = {
  checkpoint: 'broker.example/ledger\n7\nhash\n\n— signature\n',
  consistency_from: 3,
  consistency: [NODE_HASH],
  receipts: [
    {
      entry: TOKEN,
      index: 6,
      inclusion: [NODE_HASH],
      opening: { accountability: { txn: { salt: DIGEST, value: TXN } }, content: {} },
    },
  ],
};

const evidenceAt = (path: string) => ({
  emptyLists: [`${path}.consistency`, `${path}.receipts.0.inclusion`],
  records: [`${path}.receipts.0.opening.accountability`, `${path}.receipts.0.opening.content`],
});

const plain = { optional: [], emptyLists: [], records: [] };
const askOptional = ['legal_process.reference', 'query.plates.0.state'];

/** A message that is accepted, for every class that a body or a token is read as. */
export const EXAMPLE_MESSAGES: readonly ExampleMessage[] = [
  { ...plain, name: 'Ask', type: Ask, value: ASK, optional: askOptional },
  {
    ...plain,
    name: 'RequestClaims',
    type: RequestClaims,
    value: {
      ...hop,
      owner: OWNER,
      via: [BROKER],
      ask_digest: DIGEST,
      fan_out: 2,
      owner_log_size: 5,
      respond_by: NOW_SECONDS + 900,
      answer_key: { kty: 'OKP', crv: 'X25519', x: DIGEST },
      clear: CLEAR,
      sealed: 'aGVhZGVy..aXY.Y2lwaGVy.dGFn',
    },
  },
  {
    ...plain,
    name: 'SealedPart',
    type: SealedPart,
    value: {
      iss: REQUESTER,
      jti: JTI,
      txn: TXN,
      owner: OWNER,
      answer_key_thumbprint: DIGEST,
      clear_digest: DIGEST,
      ask: ASK,
      ask_salt: DIGEST,
      legal_process_salt: DIGEST,
      owner_opening: { salt: DIGEST, index: 1, path: [DIGEST] },
      approval: TOKEN,
      officer_id_token: TOKEN,
      supervisor_id_token: TOKEN,
    },
    optional: ['approval', 'supervisor_id_token', ...askOptional.map((path) => `ask.${path}`)],
    emptyLists: ['owner_opening.path'],
  },
  {
    ...plain,
    name: 'ApprovalClaims',
    type: ApprovalClaims,
    value: {
      iss: REQUESTER,
      jti: JTI,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 86_400,
      ask_digest: DIGEST,
      officer_id_token: DIGEST,
      supervisor_id_token: DIGEST,
    },
  },
  {
    ...plain,
    name: 'GrantClaims',
    type: GrantClaims,
    value: {
      ...hop,
      requester: REQUESTER,
      request: DIGEST,
      leaf_index: 6,
      receipt: DIGEST,
      rule: DIGEST,
      undetermined: ['case_number.sealed'],
    },
    emptyLists: ['undetermined'],
  },
  {
    ...plain,
    name: 'ReleaseNoticeClaims',
    type: ReleaseNoticeClaims,
    value: { ...hop, request: DIGEST, release_receipt: DIGEST, ciphertext: DIGEST },
  },
  { ...plain, name: 'TraceQueryClaims', type: TraceQueryClaims, value: hop },
  {
    ...plain,
    name: 'DenialClaims',
    type: DenialClaims,
    value: { ...hop, request: DIGEST, reasons: [REASON] },
    optional: ['reasons.0.source'],
  },
  {
    ...plain,
    name: 'EndStateClaims',
    type: EndStateClaims,
    value: { ...hop, request: DIGEST, state: 'broker_denied', reasons: [REASON] },
    optional: ['reasons.0.source'],
    emptyLists: ['reasons'],
  },
  {
    ...plain,
    name: 'AnswerClaims',
    type: AnswerClaims,
    value: {
      ...hop,
      request: DIGEST,
      request_jti: JTI,
      outcome: 'reads',
      reads: [
        {
          plate: 'ABC123',
          plate_state: 'WA',
          seen_at: '2026-11-12T08:30:00.250-08:00',
          location: { lat: 45.523_064, lon: -122.676_483 },
          device: 'camera 7',
          confidence: 0.93,
          camera_owner_class: 'public',
        },
      ],
      truncated: false,
      reasons: [REASON],
      obligations: {
        expires_at: '2027-01-01T00:00:00Z',
        purpose: 'named_case_only',
        onward_transfer: 'refused_without_new_request',
      },
      warnings: ['one character was read with low confidence'],
      rule: DIGEST,
    },
    optional: [
      ...['plate_state', 'location', 'device', 'confidence', 'camera_owner_class'].map((name) => `reads.0.${name}`),
      'reasons.0.source',
    ],
    emptyLists: ['reads', 'reasons', 'warnings'],
  },
  {
    ...plain,
    name: 'SubmitRequestBody',
    type: SubmitRequestBody,
    value: { request: TOKEN, log_size: 3 },
  },
  {
    ...plain,
    ...evidenceAt('evidence'),
    name: 'GrantBody',
    type: GrantBody,
    value: { request: TOKEN, grant: TOKEN, evidence: EVIDENCE },
  },
  {
    ...plain,
    ...evidenceAt('evidence'),
    name: 'ReleaseNoticeBody',
    type: ReleaseNoticeBody,
    value: { notice: TOKEN, evidence: EVIDENCE, log_size: 3 },
  },
  {
    ...plain,
    ...evidenceAt('evidence'),
    name: 'ReleaseLoggedBody',
    type: ReleaseLoggedBody,
    value: { evidence: EVIDENCE },
  },
  {
    ...plain,
    ...evidenceAt('evidence'),
    name: 'OwnerOutcomeBody',
    type: OwnerOutcomeBody,
    value: { state: 'denied', answer: TOKEN, denial: TOKEN, evidence: EVIDENCE, cosignature: 'a note\n' },
    optional: ['answer', 'denial', 'cosignature'],
  },
  {
    name: 'BrokerOutcomeBody',
    type: BrokerOutcomeBody,
    value: {
      state: 'failed',
      answer: TOKEN,
      denial: TOKEN,
      end_state: TOKEN,
      owner_evidence: EVIDENCE,
      broker_evidence: EVIDENCE,
    },
    optional: ['answer', 'denial', 'end_state', 'owner_evidence'],
    emptyLists: [...evidenceAt('owner_evidence').emptyLists, ...evidenceAt('broker_evidence').emptyLists],
    records: [...evidenceAt('owner_evidence').records, ...evidenceAt('broker_evidence').records],
  },
  { ...plain, name: 'TraceQueryBody', type: TraceQueryBody, value: { query: TOKEN } },
];
