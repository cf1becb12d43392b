import type { InstantRefusal, PlateRefusal } from './reads-error.js';

/** Why a row or record was not taken in; stable, written into the rejected-rows file and counted for a camera. */
export type RejectionReason =
  | PlateRefusal
  | InstantRefusal
  | 'column_count'
  | 'row_spans_lines'
  | 'seen_at_in_future'
  | 'seen_at_too_old'
  | 'device_invalid'
  | 'device_missing'
  | 'location_half_set'
  | 'location_invalid'
  | 'location_zero'
  | 'confidence_invalid'
  | 'direction_invalid'
  | 'image_reference_invalid'
  | 'camera_owner_class_invalid'
  | 'record_malformed'
  | 'record_too_large'
  | 'format_mismatch'
  | 'member_missing'
  | 'member_malformed'
  | 'too_many_reads'
  | 'camera_other';

/** Ends the reading of one row or one sighting; never leaves this library. `at` is where in the record. */
export class Rejected extends Error {
  override readonly name = 'Rejected';

  constructor(
    readonly reason: RejectionReason,
    readonly at = '',
  ) {
    super(reason);
  }
}
