import { ArrayMaxSize, IsArray, Matches } from 'class-validator';
import {
  IsCompactToken,
  IsCount,
  IsLiteral,
  IsNested,
  IsNestedList,
  IsNoteText,
  IsRecord,
  MayBeAbsent,
} from './field-rules.js';

/** `{field: {salt, value}}` in two groups; the members are read against the receipt's commitments, not by class. */
export class OpeningBody {
  @IsRecord()
  accountability: Record<string, unknown>;

  @IsRecord()
  content: Record<string, unknown>;
}

/** A receipt with its opening and the proof that it stands in a ledger of `size` entries. */
export class ReceiptProofBody {
  @IsCompactToken(16 * 1024)
  entry: string;

  @IsCount(Number.MAX_SAFE_INTEGER)
  index: number;

  @IsArray()
  @ArrayMaxSize(64)
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { each: true })
  inclusion: string[];

  @IsNested(() => OpeningBody)
  opening: OpeningBody;
}

/** Receipts of one ledger under one checkpoint, and the way to it from the size the reader last saw. */
export class LedgerEvidenceBody {
  @IsNoteText()
  checkpoint: string;

  @IsCount(Number.MAX_SAFE_INTEGER)
  consistency_from: number;

  @IsArray()
  @ArrayMaxSize(128)
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { each: true })
  consistency: string[];

  @IsNestedList(() => ReceiptProofBody, 4096)
  receipts: ReceiptProofBody[];
}

/** To a broker: one request, and how far the requester has followed the broker's ledger. */
export class SubmitRequestBody {
  @IsCompactToken()
  request: string;

  @IsCount(Number.MAX_SAFE_INTEGER)
  log_size: number;
}

/** To an owner: the request as the requester signed it, the broker's grant, and the proof that it is logged. */
export class GrantBody {
  @IsCompactToken()
  request: string;

  /** Status lists that the broker has, for an owner that cannot reach the authorities; each is signed by its own. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(16)
  @IsCompactToken(16 * 1024, { each: true })
  status_lists?: string[];

  @IsCompactToken(8 * 1024)
  grant: string;

  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;
}

/** To a broker: what the owner is about to release, with the proof that its own ledger holds it. */
export class ReleaseNoticeBody {
  @IsCompactToken(8 * 1024)
  notice: string;

  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;

  /** How far the owner has followed the broker's ledger. */
  @IsCount(Number.MAX_SAFE_INTEGER)
  log_size: number;
}

/** The broker's proof that it logged the release. */
export class ReleaseLoggedBody {
  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;
}

export const SEALED_ANSWER_MAX = 1024 * 1024;

/** An owner's answer to a grant: a sealed answer, or a denial on clear facts. */
export class OwnerOutcomeBody {
  @IsLiteral('replied', 'denied')
  state: 'replied' | 'denied';

  @MayBeAbsent()
  @IsCompactToken(SEALED_ANSWER_MAX)
  answer?: string;

  @MayBeAbsent()
  @IsCompactToken(32 * 1024)
  denial?: string;

  /** The owner's ledger: the release, or the refusal. */
  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;

  /** The owner's cosignature over the broker's checkpoint that it accepted. */
  @MayBeAbsent()
  @IsNoteText()
  cosignature?: string;
}

export const REQUEST_STATES = ['replied', 'denied', 'broker_denied', 'expired', 'failed'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** What a requester gets back for one request: exactly one end state, and the evidence for it. */
export class BrokerOutcomeBody {
  @IsLiteral(...REQUEST_STATES)
  state: RequestState;

  @MayBeAbsent()
  @IsCompactToken(SEALED_ANSWER_MAX)
  answer?: string;

  @MayBeAbsent()
  @IsCompactToken(32 * 1024)
  denial?: string;

  @MayBeAbsent()
  @IsCompactToken(32 * 1024)
  end_state?: string;

  @MayBeAbsent()
  @IsNested(() => LedgerEvidenceBody)
  owner_evidence?: LedgerEvidenceBody;

  @IsNested(() => LedgerEvidenceBody)
  broker_evidence: LedgerEvidenceBody;
}

/** To a receiver of reads: the owner calls a release back. */
export class RecallBody {
  @IsCompactToken(8 * 1024)
  recall: string;
}

/** What the receiver did, signed, and the proof that its ledger holds the receipt of it. */
export class RecallAnsweredBody {
  @IsCompactToken(8 * 1024)
  answer: string;

  /** Absent where nothing was kept. */
  @MayBeAbsent()
  @IsNested(() => LedgerEvidenceBody)
  evidence?: LedgerEvidenceBody;
}

/** A party of a transaction asks for its receipts. */
export class TraceQueryBody {
  @IsCompactToken()
  query: string;
}
