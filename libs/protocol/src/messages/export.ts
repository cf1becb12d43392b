import {
  IsDigest,
  IsEntityId,
  IsIdentifier,
  IsInstant,
  IsNested,
  IsNestedList,
  IsPlainText,
  IsPlainTextList,
  IsTransactionId,
  MayBeAbsent,
} from './field-rules.js';

/** Takes what an owner released in a transaction out of the node, as a file. */
export class ExportReadsBody {
  @IsTransactionId()
  txn: string;

  @IsEntityId()
  owner: string;

  @IsPlainText(64)
  case_number: string;

  /** For whom; this agency itself where it is left out. Nobody else is given anything. */
  @MayBeAbsent()
  @IsEntityId()
  recipient?: string;
}

/** A row of a file that somebody found. */
export class FoundRow {
  @IsPlainText(64)
  plate: string;

  @IsInstant()
  seen_at: string;
}

/** The first lines of a file that somebody found. */
export class FoundMark {
  @IsIdentifier()
  id: string;

  @IsDigest()
  release: string;

  @IsDigest()
  code: string;

  /** Of everything below the first lines. */
  @IsDigest()
  body_digest: string;
}

/** Asks a node where a file came from. */
export class TraceMarkBody {
  @IsPlainTextList(40, 64)
  columns: string[];

  @IsNestedList(() => FoundRow, 1_000)
  rows: FoundRow[];

  @MayBeAbsent()
  @IsNested(() => FoundMark)
  mark?: FoundMark;
}
