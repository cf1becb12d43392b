/** What a receipt can record, in the order of an exchange. */
export const RECEIPT_KINDS = [
  'started',
  'rule_proposed',
  'rule_published',
  'asked',
  'approved',
  'received',
  'granted',
  'refused',
  'release',
  'release_logged',
  'sent',
  'delivered',
  'expired',
  'failed',
  'witnessed',
  'register_changed',
  'audit_read',
  'declared',
  'recalled',
  'recall_answered',
  'deleted',
] as const;

export type ReceiptKind = (typeof RECEIPT_KINDS)[number];
