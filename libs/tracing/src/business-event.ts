/**
 * Every step of an exchange that has a span of its own, in the order of protocol.md "One exchange". A closed list: a
 * span name that is not here does not leave the process, so no caller can put data into one.
 */
export const BUSINESS_EVENTS = [
  'officer_ask',
  'approve',
  'disapprove',
  'ask_more',
  'ask_federation',
  'sign_request',
  'route_request',
  'resolve_chain',
  'check_status',
  'verify_request',
  'spend_request',
  'decide',
  'append_receipt',
  'append_batch',
  'cosign_checkpoint',
  'forward_grant',
  'answer_request',
  'verify_grant',
  'open_request',
  'search_reads',
  'seal_answer',
  'log_release',
  'witness_release',
  'send_answer',
  'pass_on_answer',
  'receive_answer',
  'show_answer',
  'refuse_request',
  'expire_request',
  'resume_request',
  'publish_rule',
  'import_reads',
  'delete_expired',
  'trace_transaction',
] as const;

export type BusinessEvent = (typeof BUSINESS_EVENTS)[number];
