export type PostgresErrorCode =
  | 'database_url_required'
  | 'database_name_invalid'
  | 'account_missing'
  | 'binaries_missing'
  | 'binaries_unreachable'
  | 'cluster_unusable'
  | 'server_start_failed'
  | 'server_stop_failed';

/** A failure to obtain a database server. `detail` is for the operator's terminal, never for a client. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    readonly evidence: { readonly detail?: string; readonly cause?: unknown } = {},
  ) {
    super(message, evidence.cause === undefined ? undefined : { cause: evidence.cause });
  }
}
