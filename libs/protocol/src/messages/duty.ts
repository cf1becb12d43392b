import {
  IsCode,
  IsCompactToken,
  IsDigest,
  IsInstant,
  IsLiteral,
  IsNested,
  IsPlainText,
  MayBeAbsent,
} from './field-rules.js';
import { LedgerEvidenceBody } from './evidence.js';
import { HopClaims } from './hop-claims.js';

export const DUTIES = ['approve', 'report'] as const;

/** What the requester owes the owner for an exception that it claimed, and until when (P21). */
export class DutyClaims {
  @IsLiteral(...DUTIES)
  duty: (typeof DUTIES)[number];

  @IsCode()
  exception: string;

  @IsInstant()
  due_by: string;

  @MayBeAbsent()
  @IsPlainText(500)
  source?: string;
}

/** The approval that follows an emergency, with the sign-in of who approved. */
export class LateApproval {
  @IsCompactToken(8 * 1024)
  token: string;

  @IsCompactToken(8 * 1024)
  supervisor_id_token: string;
}

/** `comity-duty-report+jwt`: what the requester owed, signed, then sealed to the owner. */
export class DutyReportClaims extends HopClaims {
  /** Message digest of the request for which it is owed. */
  @IsDigest()
  request: string;

  @IsLiteral(...DUTIES)
  duty: (typeof DUTIES)[number];

  /** Of the duty `approve` alone: left out where the supervisor disapproved. */
  @MayBeAbsent()
  @IsNested(() => LateApproval)
  approval?: LateApproval;

  /** What made it urgent, what was found and what was done; or why it was disapproved: for the owner alone. */
  @IsPlainText(4000)
  report: string;
}

export class DutyReportBody {
  @IsCompactToken(64 * 1024)
  report: string;
}

/** The owner has it, and says so in its ledger. */
export class DutyReportedBody {
  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;
}
