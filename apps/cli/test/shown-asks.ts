import type { JsonObject } from '#protocol';
import { TXN } from './fake-cli.js';

/** Answers of an agency's node to its own people, as `AsksController` gives them. */
export const OREGON = 'https://node.juniper-bend.example';
export const NEW_MEXICO = 'https://node.mesa-clara.example';

export const REASON = {
  code: 'protection_not_met',
  requirement: 'requester.retention',
  required: '`retention` at `days-30` or stricter, by policy or statute',
  found: '`days-915` by `statute`',
  source: 'OR SB 1516 (2026) §§ 3-11',
  remedy: '`retention` has to be attested at `days-30` or stricter',
};

export const STATEMENT = {
  query: {
    kind: 'plate_history',
    plates: [{ text: '7ABC123', state: 'OR' }],
    from: '2026-11-15T08:00:00.000Z',
    until: '2026-11-20T08:00:00.000Z',
  },
  owners: [OREGON],
  case_number: '26-01234',
  offence: '120',
  purpose: 'criminal-investigation',
  narrative: 'Robbery; a witness read this plate',
  beneficiary: 'none',
  exception: 'none',
  legal_process: { class: 'documented-purpose' },
};

export function shownAsk(state: string, owners: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  const { owners: _owners, ...ask } = STATEMENT;
  return {
    txn: TXN,
    state,
    created_at: '2026-11-22T11:58:00.000Z',
    ask_digest: 'D'.repeat(43),
    ask: { v: 1, ...ask, owners: { count: owners.length, root: 'R'.repeat(43) } },
    reasons: [],
    owners: [...owners],
    ...more,
  };
}

const ended = { reasons: [], warnings: [], read_count: 0, dropped_count: 0, truncated: false, reads: [] };

export const asking = { owner: OREGON, state: 'asking', attempts: 1, reads: [] };

export const permitted: JsonObject = {
  ...ended,
  owner: OREGON,
  state: 'replied',
  outcome: 'reads',
  read_count: 2,
  warnings: ['a read is no ground to act: check the image, the plate and the list'],
  obligations: {
    expires_at: '2026-12-13T16:00:00.000Z',
    purpose: 'named_case_only',
    onward_transfer: 'refused_without_new_request',
  },
  reads: [
    {
      plate: '7ABC123',
      plate_state: 'OR',
      seen_at: '2026-11-18T09:30:00.000Z',
      location: { lat: 44.05, lon: -121.3 },
      device: 'cam-7',
      confidence: 0.93,
    },
    { plate: '7ABC123', seen_at: '2026-11-17T21:02:11.000Z' },
  ],
};

export const empty: JsonObject = { ...permitted, read_count: 0, reads: [], warnings: [] };
export const denied: JsonObject = { ...ended, owner: NEW_MEXICO, state: 'denied', outcome: 'none', reasons: [REASON] };
export const brokerDenied: JsonObject = { ...denied, state: 'broker_denied' };
export const refusedSealed: JsonObject = { ...denied, state: 'replied', outcome: 'refused' };
export const expired: JsonObject = { ...ended, owner: NEW_MEXICO, state: 'expired', outcome: 'none' };
export const failed: JsonObject = {
  ...ended,
  owner: NEW_MEXICO,
  state: 'failed',
  outcome: 'none',
  problem: 'log_proof_invalid',
};
