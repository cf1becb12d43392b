import type { TraceCheck, TraceCheckCode, TraceHop, TraceReport, TracedLedger, TracedRequest } from '#exchange';
import type { JsonObject, JsonValue } from '#protocol';
import { counted } from './describe-ask.js';
import { table, type Cell } from './table.js';
import { bad, bold, dim, good, warn, type Line, type Styled } from './terminal.js';

/** The way of a transaction: one line a hop in time order, then the links between the ledgers, then the verdict. */
export function describeTrace(report: TraceReport): Line[] {
  const names = namesOf(report);
  return [
    [bold('transaction '), report.txn],
    ['trace       ', report.traceId ?? 'none that all hops share'],
    ['ledgers     ', report.ledgers.map((ledger) => `${ledger.name} (${sizeText(ledger, report)})`).join(', ')],
    '',
    ...(report.hops.length === 0 ? [['no receipt could be verified']] : wayOf(report, names)),
    '',
    [bold('links')],
    ...linksOf(report, names),
    '',
    ...verdictLines(report, names),
  ];
}

type Names = (entityId: string | undefined) => string;

function namesOf({ ledgers }: TraceReport): Names {
  const names = new Map(ledgers.map(({ entityId, name }) => [entityId, name]));
  return (entityId) => (entityId === undefined ? 'the ledgers together' : (names.get(entityId) ?? entityId));
}

function sizeText({ entityId, size }: TracedLedger, { checks }: TraceReport): string {
  if (size !== undefined) return `${size} entries`;
  const silent = checks.some(({ code, party }) => code === 'ledger_answers' && party === entityId);
  return silent ? 'no evidence' : 'nothing verified';
}

function wayOf(report: TraceReport, names: Names): Line[] {
  const rows = report.hops.map((hop): Cell[] => [
    hop.receipt === undefined ? '' : timeOf(hop.receipt.iat),
    names(hop.ledger),
    String(hop.index),
    hop.receipt?.kind ?? '?',
    marksOf(hop),
    whatOf(hop, names),
  ]);
  return [
    ...table(['time (UTC)', 'ledger', 'entry', 'kind', 'proof', 'what'], rows),
    [dim('proof: place in the tree under a signed checkpoint, signature, opened fields')],
  ];
}

function marksOf({ proof, receipt }: TraceHop): Styled {
  const marks = [proof.inclusion, proof.signature, proof.opening].map(markOf).join('');
  return receipt === undefined ? bad(marks) : good(marks);
}

function markOf(holds: boolean | undefined): string {
  if (holds === undefined) return '·';
  return holds ? '✓' : '✗';
}

/** Who did what, out of the opened fields; persons by their pseudonyms. */
function whatOf({ receipt }: TraceHop, names: Names): string {
  if (receipt === undefined) return 'not believed';
  const field = (name: string) => textOf(receipt.opened[name]);
  switch (receipt.kind) {
    case 'asked':
      return `officer ${short(field('officer'))} asks: ${field('purpose')}, offence ${field('offence')}, for ${field('beneficiary')}, ${counted(Number(field('fan_out')), 'owner')}`;
    case 'approved':
      return `supervisor ${short(field('supervisor'))} approves this ask`;
    case 'disapproved':
      return `supervisor ${short(field('supervisor'))} disapproves of this emergency`;
    case 'granted':
      return `forwards to ${names(field('owner'))}${undeterminedOf(receipt.opened['undetermined'])}`;
    case 'refused':
      return `refuses: ${field('reasons')}`;
    case 'release':
      return `is about to release a sealed answer to ${names(field('requester'))}`;
    case 'release_logged':
      return `logs that release by ${names(field('owner'))}`;
    case 'sent':
      return 'the answer left';
    case 'delivered':
      return `arrived from ${names(field('owner'))}: ${field('state')}`;
    case 'expired':
    case 'failed':
      return `ended: ${field('state')}`;
    default:
      return '';
  }
}

function undeterminedOf(value: JsonValue | undefined): string {
  const count = Array.isArray(value) ? value.length : 0;
  return count === 0 ? '' : `, which judges ${counted(count, 'sealed requirement')}`;
}

/** What is checked of each ledger by itself: said in one line where all of it holds. */
const OF_LEDGER: readonly TraceCheckCode[] = ['chain', 'checkpoint', 'sequence', 'receipt'];

function linksOf({ checks, ledgers, requests }: TraceReport, names: Names): Line[] {
  const listed = new Set(requests.map(({ request }) => request));
  const isListed = ({ request }: TraceCheck) => request !== undefined && listed.has(request);
  const whole = checks.filter((check) => !OF_LEDGER.includes(check.code) && !isListed(check));
  return [
    ...ledgers.flatMap((ledger) => ledgerLines(ledger, checks, names)),
    ...whole.map((check) => checkLine(check, names)),
    ...requests.flatMap((request): Line[] => [
      ['  ', bold(names(request.owner)), `: ${endText(request)}`, dim(`  request ${short(request.request)}`)],
      ...checks
        .filter((check) => check.request === request.request)
        .map((check): Line => ['  ', ...checkLine(check, names)]),
    ]),
  ];
}

function ledgerLines({ entityId, name }: TracedLedger, checks: readonly TraceCheck[], names: Names): Line[] {
  const own = checks.filter(({ code, party }) => OF_LEDGER.includes(code) && party === entityId);
  const open = own.filter(({ state }) => state !== 'holds');
  if (own.length === 0) return [];
  if (open.length > 0) return open.map((check) => checkLine(check, names));
  // Of a member that has left it is said when its chain led there.
  const when = /^its chain (led on \d{4}-\d\d-\d\d)/.exec(own.find(({ code }) => code === 'chain')?.text ?? '')?.[1];
  const chain =
    when === undefined ? 'chain to a pinned anchor' : `chain ${when} to a pinned anchor, and is no member now`;
  return [['  ', good('✓'), ` ${name}: ${chain}, signed checkpoint, every receipt and their numbering`]];
}

function checkLine({ state, party, text }: TraceCheck, names: Names): (string | Styled)[] {
  const who = party === undefined ? '' : `${names(party)}: `;
  switch (state) {
    case 'holds':
      return ['  ', good('✓'), ` ${who}${text}`];
    case 'pending':
      return ['  ', warn('…'), ` ${who}${text}`];
    case 'missing':
      return ['  ', bad('?'), ` ${who}${text}`];
    case 'broken':
      return ['  ', bad('✗'), ` ${who}${text}`];
  }
}

function endText({ end, delivered }: TracedRequest): string {
  const texts = {
    released: 'released',
    refused_by_owner: 'refused by the owner',
    refused_by_broker: "refused at the broker by the owner's published rule",
    expired: 'expired',
    failed: 'failed',
    open: 'not ended',
  } as const satisfies Record<TracedRequest['end'], string>;
  return delivered === undefined ? texts[end] : `${texts[end]}, delivered as \`${delivered}\``;
}

function verdictLines(report: TraceReport, names: Names): Line[] {
  const open = report.checks.filter(({ state }) => state !== 'holds');
  const owed = open.map(({ state, party, text }): Line => [
    '  ',
    state === 'pending' ? warn(names(party)) : bad(names(party)),
    `  ${text}`,
  ]);
  return [[bold('verdict  '), verdictOf(report)], ...owed];
}

function verdictOf({ verdict, hops, checks }: TraceReport): Styled {
  const open = checks.filter(({ state }) => state === verdict).length;
  switch (verdict) {
    case 'holds': {
      const telling = new Set(hops.map(({ ledger }) => ledger));
      const proven = `${counted(hops.length, 'receipt')} in ${counted(telling.size, 'ledger')}`;
      return good(`the whole way is proven: ${proven}, ${counted(checks.length, 'check')}`);
    }
    case 'pending':
      return warn(`proven as far as it goes; ${counted(open, 'thing')} may still come`);
    case 'missing':
      return bad(`not proven: ${counted(open, 'thing')} missing`);
    case 'broken':
      return bad(`not believed: ${counted(open, 'check')} failed`);
  }
}

/** For programs, in the wire's own spelling. */
export function traceDocument(report: TraceReport): JsonObject {
  return {
    txn: report.txn,
    verdict: report.verdict,
    trace_id: report.traceId ?? null,
    ledgers: report.ledgers.map(({ entityId, name, role, size }) => ({
      entity_id: entityId,
      name,
      role,
      size: size ?? null,
    })),
    hops: report.hops.map(hopDocument),
    requests: report.requests.map(({ delivered, ...request }) => ({ ...request, delivered: delivered ?? null })),
    checks: report.checks.map(({ party, ...check }) => ({ ...check, party: party ?? null })),
  };
}

function hopDocument({ ledger, index, proof, receipt }: TraceHop): JsonObject {
  const proven = { inclusion: proof.inclusion, signature: proof.signature ?? null, opening: proof.opening ?? null };
  if (receipt === undefined) return { ledger, index, proof: proven };
  const { kind, seq, digest, iat, opened, erased } = receipt;
  return { ledger, index, proof: proven, kind, seq, digest, at: timeOf(iat), opened, erased: [...erased] };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined) return '(erased)';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(textOf).join(', ') : JSON.stringify(value);
}

function short(text: string): string {
  return text.length <= 12 ? text : `${text.slice(0, 8)}…`;
}
