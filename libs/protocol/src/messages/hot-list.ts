import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, Matches } from 'class-validator';
import type { JsonObject, JsonValue } from '../strict-json.js';
import { LedgerEvidenceBody } from './evidence.js';
import {
  IsCompactToken,
  IsDigest,
  IsEntityId,
  IsInstant,
  IsLiteral,
  IsNested,
  IsPlainText,
  IsRecord,
  IsTransactionId,
} from './field-rules.js';

const LIST_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

export class BeginHotListImportBody {
  @Matches(LIST_NAME)
  list: string;

  @IsLiteral('full', 'incremental')
  mode: 'full' | 'incremental';

  @IsLiteral('comity-csv', 'comity-json', 'ncic-csv')
  format: string;

  /** When the list was put together at its source; its freshness counts from here. */
  @IsInstant()
  compiled_at: string;
}

export class HotListEntriesBody {
  /** Read strictly by the library of reads, which says of each why it is not taken. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(250)
  entries: JsonValue[];
}

export class CompleteHotListImportBody {
  /** SHA-256 of the file as it came. */
  @IsDigest()
  digest: string;

  /** Entries that were left out before anything was sent, by the code of their source. */
  @IsRecord()
  refused: JsonObject;
}

export class TypeInEntryBody {
  /** `{plate, plate_state?, legal_basis, reason, case_number, vehicle?}`; read strictly by the library of reads. */
  @IsRecord()
  entry: JsonObject;
}

export class RemoveEntryBody {
  @Matches(LIST_NAME)
  list: string;

  @IsPlainText(100)
  record: string;
}

export class SeenInImage {
  /** The plate as the image shows it; the person reads it off, and does not copy what the list says. */
  @IsPlainText(32)
  plate: string;

  @Matches(/^([A-Za-z]{2}|unreadable)$/)
  plate_state: string;

  @IsLiteral('same', 'different', 'unreadable', 'not_listed')
  vehicle: 'same' | 'different' | 'unreadable' | 'not_listed';

  @IsBoolean()
  still_listed: boolean;
}

export class VerifyAlertBody {
  @IsNested(() => SeenInImage)
  seen: SeenInImage;

  /** Reference or digest of the image that was looked at. */
  @IsPlainText(300)
  image: string;
}

export class ActOnAlertBody {
  @IsLiteral('stop', 'follow', 'contact', 'note')
  action: 'stop' | 'follow' | 'contact' | 'note';
}

export class AlertOutcomeBody {
  @IsLiteral('right_vehicle', 'wrong_vehicle', 'not_found', 'not_acted')
  outcome: 'right_vehicle' | 'wrong_vehicle' | 'not_found' | 'not_acted';
}

/** An alert holds one read: a sealed text of a few padding steps. */
const SEALED_ALERT_MAX = 96 * 1024;

/** To a broker: the sealed alert whose release it has logged. */
export class PassAlertBody {
  @IsDigest()
  request: string;

  /** Digest of the owner's receipt. */
  @IsDigest()
  release: string;

  @IsCompactToken(SEALED_ALERT_MAX)
  answer: string;

  @IsNested(() => LedgerEvidenceBody)
  evidence: LedgerEvidenceBody;
}

/** To the agency whose standing request it is: the alert, and the proofs of both ledgers. */
export class AlertDeliveryBody {
  @IsTransactionId()
  txn: string;

  @IsEntityId()
  owner: string;

  @IsCompactToken(SEALED_ALERT_MAX)
  answer: string;

  @IsNested(() => LedgerEvidenceBody)
  owner_evidence: LedgerEvidenceBody;

  @IsNested(() => LedgerEvidenceBody)
  broker_evidence: LedgerEvidenceBody;
}

/** `ended`: nobody looks for it there any more, and the key is gone. */
export class AlertPassedBody {
  @IsLiteral('delivered', 'ended')
  state: 'delivered' | 'ended';
}
