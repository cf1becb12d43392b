import { Equals } from 'class-validator';
import { ASKED_KINDS, type AskQuery } from './query.js';
import {
  IsBeneficiary,
  IsCode,
  IsCount,
  IsDigest,
  IsEntityId,
  IsLiteral,
  IsNested,
  IsOffenceCode,
  IsPlainText,
  IsTransactionId,
  MayBeAbsent,
} from './field-rules.js';
import { IsKind } from './kind-rules.js';

export const LEGAL_PROCESS_CLASSES = [
  'none',
  'documented-purpose',
  'reasonable-suspicion',
  'sworn-statement',
  'court-order',
  'warrant',
] as const;

export class LegalProcess {
  @IsLiteral(...LEGAL_PROCESS_CLASSES)
  class: (typeof LEGAL_PROCESS_CLASSES)[number];

  /** Docket or order number and issuer, as the agency states it; sealed from the broker. */
  @MayBeAbsent()
  @IsPlainText(200)
  reference?: string;

  /** Message digest of the document that goes along sealed: so the commitment in the clear covers it. */
  @MayBeAbsent()
  @IsDigest()
  document?: string;
}

/**
 * Whom the ask goes to, without telling an owner of the others: the count, and the root of a Merkle tree over salted
 * owner ids. Each owner is shown the opening of its own leaf alone.
 */
export class OwnersCommitment {
  @IsCount(10_000, 1)
  count: number;

  @IsDigest()
  root: string;
}

/** What another agency received from the owner and told of, without showing it: which release, in which transaction, to whom. */
export class Provenance {
  /** Message digest of the owner's release receipt. */
  @IsDigest()
  release: string;

  /** Of the release. The ledger shows every digest to everybody; a transaction is known to its parties alone. */
  @IsTransactionId()
  txn: string;

  /** Who received it. */
  @IsEntityId()
  recipient: string;
}

/** What an officer states beside the query and the owners. */
export class AskStatement {
  @IsPlainText(64)
  case_number: string;

  @IsOffenceCode()
  offence: string;

  @IsCode()
  purpose: string;

  @IsPlainText(4000)
  narrative: string;

  /** On whose behalf: an entity id, or `none`. Never left out (P06). */
  @IsBeneficiary()
  beneficiary: string;

  @IsCode()
  exception: string;

  @IsNested(() => LegalProcess)
  legal_process: LegalProcess;

  /** Where the request is for what another agency received (onward transfer). */
  @MayBeAbsent()
  @IsNested(() => Provenance)
  provenance?: Provenance;
}

/** What the supervisor approves. Its salted digest is what every signature of the exchange binds. */
export class Ask extends AskStatement {
  @Equals(1)
  v: 1;

  @IsKind(() => ASKED_KINDS)
  query: AskQuery;

  @IsNested(() => OwnersCommitment)
  owners: OwnersCommitment;
}
