/** Every way a plate, an instant, a query, a mapping or an import can be refused by this library. */
export type ReadsErrorCode =
  | PlateRefusal
  | InstantRefusal
  | 'query_malformed'
  | 'plates_none'
  | 'plates_too_many'
  | 'plate_duplicate'
  | 'kind_mismatch'
  | 'kind_not_offered'
  | 'areas_none'
  | 'areas_too_many'
  | 'area_duplicate'
  | 'area_invalid'
  | 'area_too_large'
  | 'pattern_invalid'
  | 'vehicle_word_invalid'
  | 'window_empty'
  | 'window_inverted'
  | 'field_unknown'
  | 'fields_insufficient'
  | 'retention_invalid'
  | 'hold_statute_invalid'
  | 'hold_scope_invalid'
  | 'hold_refused'
  | 'mapping_invalid'
  | 'mapping_column_missing'
  | 'mapping_column_ambiguous'
  | 'read_invalid'
  | 'limit_invalid'
  | 'position_invalid'
  | 'search_too_broad'
  | 'search_too_slow'
  | 'partitions_too_many'
  | 'csv_empty'
  | 'csv_malformed'
  | 'csv_unreadable'
  | 'multipart_malformed'
  | 'format_mismatch'
  | 'file_unreadable'
  | 'rejected_unwritable'
  | 'shifts_invalid'
  | 'verification_invalid'
  | 'hot_list_invalid'
  | 'store_away'
  | 'store_failed';

export type PlateRefusal =
  'plate_empty' | 'plate_too_long' | 'plate_wildcard' | 'plate_character' | 'plate_state_invalid';

export type InstantRefusal =
  'instant_malformed' | 'instant_no_offset' | 'instant_out_of_range' | 'local_time_nonexistent' | 'time_zone_unknown';

/**
 * A refusal or a failure. The message never holds a plate, a location or a row (law 10: none in error texts);
 * `evidence.at` names the member or column, `evidence.line` the line of a file.
 */
export class ReadsError extends Error {
  override readonly name = 'ReadsError';

  constructor(
    readonly code: ReadsErrorCode,
    message: string,
    readonly evidence: { readonly at?: string; readonly line?: number; readonly cause?: unknown } = {},
  ) {
    super(message, evidence.cause === undefined ? undefined : { cause: evidence.cause });
  }
}
