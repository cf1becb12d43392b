import { canonicalJson, digestOf, type JsonValue } from '#protocol';
import type { TraceHop } from '../trace/verify-trace.js';
import type { EvidenceDocuments } from './evidence-documents.js';
import { notProvenBy, provenBy } from './proofs-and-limits.js';
import type { EvidenceReport } from './verify-evidence-bundle.js';

/**
 * The report for people: one page of HTML without scripts, links or pictures, that prints well. It is a function of the
 * evidence alone, so that whoever verifies a bundle writes it again and sees whether it was changed.
 */
export function evidenceHtml(documents: EvidenceDocuments, report: EvidenceReport): string {
  const { trace } = report;
  const names = new Map(trace.ledgers.map(({ entityId, name }) => [entityId, name]));
  const nameOf = (entityId: string | undefined) =>
    entityId === undefined ? 'the ledgers together' : named(names.get(entityId), entityId);
  return page(`Evidence of transaction ${report.txn}`, [
    `<h1>Evidence of one transaction</h1>`,
    facts([
      ['Transaction', report.txn],
      ['Exported', instant(report.exportedAt)],
      ['Disclosure', report.level],
      ['Result', report.verdict],
      ['Trace', trace.traceId ?? 'none that all hops share'],
    ]),
    `<p class="note">This page is for reading. Only the check of the whole bundle with pinned anchor keys decides: <code>comity evidence verify FILE --anchors ANCHORS</code>. A page that differs from the evidence makes that check fail.</p>`,
    `<h2>What this proves</h2>`,
    list(provenBy(report)),
    `<h2>What this does not prove</h2>`,
    list(notProvenBy(report)),
    `<h2>What happened</h2>`,
    table(
      ['Time stated (UTC)', 'Ledger', 'Entry', 'What', 'Opened fields'],
      trace.hops.map((hop) => [
        hop.receipt === undefined ? '' : instant(hop.receipt.iat * 1_000),
        nameOf(hop.ledger),
        String(hop.index),
        hop.receipt?.kind ?? 'does not verify',
        fieldsOf(hop),
      ]),
    ),
    `<h2>Checks</h2>`,
    table(
      ['State', 'Party', 'Check'],
      [...trace.checks, ...report.checks].map(({ state, party, text }) => [state, nameOf(party), text]),
    ),
    ...(documents.ask === undefined ? [] : ['<h2>What was asked</h2>', json(documents.ask.document)]),
    ...documents.rules.flatMap(({ owner, rule }) => [
      `<h2>Sharing rule of ${text(nameOf(owner))}</h2>`,
      `<p>Digest <code>${text(digestOf(rule))}</code></p>`,
      json(rule),
    ]),
    `<h2>Ledgers and witnesses</h2>`,
    ...documents.trace.ledgers.map(
      ({ entityId, evidence }) => `<h3>${text(nameOf(entityId))}</h3>${pre(evidence?.checkpoint ?? 'no evidence')}`,
    ),
    ...documents.witnessed.map(
      ({ entityId, checkpoint }) => `<h3>${text(nameOf(entityId))}, as witnessed</h3>${pre(checkpoint)}`,
    ),
    `<h2>Receipts, as signed</h2>`,
    ...documents.trace.ledgers.flatMap(({ entityId, evidence }) =>
      (evidence?.receipts ?? []).map(
        ({ entry, index }) => `<h3>${text(nameOf(entityId))}, entry ${index}</h3>${pre(entry)}`,
      ),
    ),
  ]);
}

function named(name: string | undefined, entityId: string): string {
  return name === undefined || name === entityId ? entityId : `${name} (${entityId})`;
}

function fieldsOf({ receipt }: TraceHop): string {
  if (receipt === undefined) return '';
  const opened = Object.entries(receipt.opened).map(([name, value]) => `${name}: ${valueText(value)}`);
  return [...opened, ...receipt.erased.map((name) => `${name}: erased`)].join('\n');
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function instant(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Everything in a bundle may be an attacker's text (W17): no markup, and no invisible character that turns text around. */
function text(value: string): string {
  return value
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, (character) =>
      character === '\n' ? '\n' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

function pre(value: string): string {
  return `<pre>${text(value)}</pre>`;
}

function json(value: JsonValue): string {
  return pre(JSON.stringify(JSON.parse(canonicalJson(value)), null, 2));
}

function list(sentences: readonly string[]): string {
  return sentences.length === 0
    ? '<p>Nothing.</p>'
    : `<ul>${sentences.map((sentence) => `<li>${text(sentence)}</li>`).join('')}</ul>`;
}

function facts(rows: readonly (readonly [string, string])[]): string {
  return `<table class="facts">${rows.map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`).join('')}</table>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('\n')}</tbody></table>`;
}

function row(cells: readonly string[], tag: string): string {
  return `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
}

const STYLE = `body{font:10.5pt/1.45 Georgia,serif;color:#111;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #999}h3{font-size:1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;white-space:pre-line;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:8.5pt;border:1px solid #ddd;padding:.5rem}.note{border:1px solid #111;padding:.5rem}
@page{margin:18mm}@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr,h2,h3{break-inside:avoid;break-after:auto}}`;

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${text(title)}</title><style>${STYLE}</style></head>
<body>
${parts.join('\n')}
</body></html>
`;
}
