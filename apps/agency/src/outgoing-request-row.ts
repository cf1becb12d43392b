import type { JsonObject, ReasonClaims, RequestState } from '#protocol';
import type { OutgoingRequest } from './outgoing-requests.store.js';

/** A row of `outgoing_request` as `pg` answers it. */
export interface OutgoingRow {
  txn: string;
  owner: string;
  broker: string;
  jti: string;
  page: number;
  cursor: string | null;
  next_cursor: string | null;
  request: string | null;
  digest: string | null;
  answer_key: JsonObject | null;
  respond_by: Date | null;
  attempts: number;
  state: RequestState | null;
  outcome: 'reads' | 'refused' | 'none' | null;
  reasons: ReasonClaims[];
  warnings: string[];
  problem: string | null;
  answer: string | null;
  release: string | null;
  delivered_receipt: string | null;
  read_count: number;
  dropped_count: number;
  truncated: boolean;
  obligations: JsonObject | null;
  shown: boolean;
  ended_at: Date | null;
}

export function outgoing(row: OutgoingRow): OutgoingRequest {
  return {
    txn: row.txn,
    owner: row.owner,
    broker: row.broker,
    jti: row.jti,
    page: row.page,
    cursor: row.cursor ?? undefined,
    nextCursor: row.next_cursor ?? undefined,
    request: row.request ?? undefined,
    digest: row.digest ?? undefined,
    answerKey: row.answer_key ?? undefined,
    respondByMs: row.respond_by?.getTime(),
    attempts: row.attempts,
    state: row.state ?? undefined,
    outcome: row.outcome ?? undefined,
    reasons: row.reasons,
    warnings: row.warnings,
    problem: row.problem ?? undefined,
    answer: row.answer ?? undefined,
    release: row.release ?? undefined,
    deliveredReceipt: row.delivered_receipt ?? undefined,
    readCount: row.read_count,
    droppedCount: row.dropped_count,
    truncated: row.truncated,
    obligations: row.obligations ?? undefined,
    shown: row.shown,
    endedAtMs: row.ended_at?.getTime(),
  };
}
