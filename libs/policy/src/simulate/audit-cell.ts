/**
 * One cell of a vendor's audit export, with what its emptiness means. A mask is never looked behind: a masked cell carries no
 * text at all, so that nothing downstream can print, match or join it.
 */
export type AuditCell =
  | { readonly state: 'stated'; readonly text: string }
  /** A part was replaced by a mark; what is left is no whole value. */
  | { readonly state: 'partly_masked' }
  | { readonly state: 'masked' }
  /** The column is published, and nothing stands in it. */
  | { readonly state: 'blank' }
  /** Something was typed that says nothing: `.`, `n/a`, `xxx`. */
  | { readonly state: 'placeholder' }
  /** The export has no such column, or says that this agency does not publish it. */
  | { readonly state: 'not_published' };

export const NOT_PUBLISHED: AuditCell = { state: 'not_published' };
export const MASKED: AuditCell = { state: 'masked' };

const PLACEHOLDER = /^(?:none|n\/?a|-+|x+|\.+|0+|test|null|\?+|unk(?:nown)?)$/iu;
/** `***` and `* * *`, `###`, block glyphs: put over the value by the vendor or by the agency. */
const GLYPHS = /^(?:\*\s*){2,}$|^#{2,}$|^[\u2588\u2593\u2592\u25a0]+$/u;
const WORD = /^\[?(?:redacted|masked|withheld|confidential)\]?$/iu;
/** An exemption cited in place of the value: `7923.600 GC`, `Gov. Code § 7923.600(a)`, `Civ. Code 1798.90.55`. */
const CITATION =
  /^(?:(?:gc|gov(?:ernment|\.)? code|civ(?:il|\.)? code|pen(?:al|\.)? code)\s*§?\s*\d[\d.]*(?:\([a-z0-9]+\))*|\d{3,5}\.\d+(?:\([a-z0-9]+\))*\s*(?:gc|cc))$/iu;
/** Marks that a publisher of extracts puts in place of single words. */
const MARK_WITHIN = /\[(?:w|plate\?|redacted|name)\]/giu;

/** @param mayBePlaceholder for text that a person typed: a plate or a name `-` is not judged by its looks */
export function readCell(cell: string | undefined, mayBePlaceholder: boolean): AuditCell {
  if (cell === undefined || cell === '\\N') return NOT_PUBLISHED;
  const text = cell.trim();
  if (text === '') return { state: 'blank' };
  if (GLYPHS.test(text) || WORD.test(text) || CITATION.test(text)) return MASKED;
  const left = text.replaceAll(MARK_WITHIN, '').trim();
  if (left !== text) return /[\p{L}\p{N}]/u.test(left) ? { state: 'partly_masked' } : MASKED;
  if (/^redacted\b/iu.test(text)) return { state: 'partly_masked' };
  if (mayBePlaceholder && (PLACEHOLDER.test(text) || !/[\p{L}\p{N}]/u.test(text))) return { state: 'placeholder' };
  return { state: 'stated', text };
}

/**
 * One search in several rows: what any of them masks stays masked, and what they state differently is nothing that can be
 * relied on.
 */
export function mergeCells(a: AuditCell, b: AuditCell): AuditCell | 'conflict' {
  if (a.state === 'masked' || b.state === 'masked') return MASKED;
  if (a.state === 'not_published') return b;
  if (b.state === 'not_published') return a;
  if (a.state === 'stated' && b.state === 'stated') return a.text === b.text ? a : 'conflict';
  return a.state === b.state ? a : 'conflict';
}
