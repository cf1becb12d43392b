import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { describeProcess } from './describe-process.js';
import { queryWords } from './describe-query.js';
import { readLines } from './describe-reads.js';
import { isOver, verdictOf, type ShownAsk, type ShownOwner, type ShownReason } from './shown-ask.js';
import { bad, bold, dim, good, warn, type Line, type Styled } from './terminal.js';

/** An ask and what came of it at each owner, for a person. */
export function describeAsk(ask: ShownAsk): Line[] {
  return [
    [bold('transaction '), ask.txn],
    ['  asked      ', ask.createdAt],
    ['  case       ', text(ask.ask['case_number']), ', offence ', text(ask.ask['offence'])],
    ['  purpose    ', text(ask.ask['purpose']), ', for ', beneficiaryOf(ask.ask)],
    ['  query      ', queryWords(ask.ask)],
    ...ask.documents.flatMap(describeProcess),
    ...approvalLines(ask),
    ...provenanceLines(ask),
    ...reviewLines(ask),
    ['  state      ', stateOfAsk(ask)],
    ...describeReasons(ask.reasons, '  '),
    ...ask.owners.flatMap((owner): Line[] => ['', ...describeOwner(owner, ask)]),
  ];
}

/** Of an emergency that went out before anybody had approved it. */
function approvalLines({ approval, txn }: ShownAsk): Line[] {
  switch (approval) {
    case 'owed':
      return [['  approval   ', warn(`owed by a supervisor: comity approve ${txn}, or comity disapprove ${txn}`)]];
    case 'approved':
      return [['  approval   ', 'a supervisor approved after it was asked']];
    case 'disapproved':
      return [['  approval   ', bad('a supervisor disapproved; what came is deleted')]];
    case undefined:
    default:
      return [];
  }
}

/** Where it is about what another agency received, and told of without showing it. */
function provenanceLines({ ask: { provenance } }: ShownAsk): Line[] {
  if (!isJsonObject(provenance)) return [];
  return [
    [
      '  passed on  ',
      'what ',
      text(provenance['recipient']),
      ' received; the owner decides whether it gives it here too',
    ],
  ];
}

/** Read by the supervisor before an approval; it decides nothing. */
function reviewLines({ review }: ShownAsk): Line[] {
  const kinds = [...new Set(review.map(({ kind }) => kind))];
  if (kinds.length === 0) return [];
  const signs = kinds.map((kind) => {
    const named = review.filter((sign) => sign.kind === kind).map(({ sign }) => sign);
    return `${kind} (${named.join(', ')})`;
  });
  return [
    [
      '  review     ',
      warn('the narrative shows signs of '),
      warn(signs.join('; ')),
      '; look at it: it decides nothing',
    ],
  ];
}

export function stateOfAsk({ state, txn, owners }: ShownAsk): Styled | string {
  switch (state) {
    case 'awaiting_approval':
      return warn(`waits for a supervisor: comity approve ${txn}`);
    case 'refused_here':
      return bad("refused by your own agency's rule; nothing left the agency");
    case 'asking':
      return warn(`asking ${owners.length} ${owners.length === 1 ? 'agency' : 'agencies'}`);
    case 'ended':
      return 'ended';
    default:
      return state;
  }
}

function describeOwner(owner: ShownOwner, ask: ShownAsk): Line[] {
  return [
    [bold(owner.name), '  ', ownerState(owner, ask)],
    ...(owner.problem === undefined ? [] : [problemLine(owner.problem)]),
    ...describeReasons(owner.reasons, '  '),
    ...describeReads(owner, ask),
  ];
}

/** In plain words; the state itself is in the JSON. */
export function ownerState(owner: ShownOwner, ask: ShownAsk): Styled {
  switch (verdictOf(owner)) {
    case 'permitted':
      return good(`permitted: ${counted(owner.readCount, 'read')}`);
    case 'denied': {
      const by = owner.state === 'broker_denied' ? 'by its published rule, at the broker' : 'by the owner';
      return bad(`refused ${by}: ${counted(owner.reasons.length, 'requirement')} not met`);
    }
    case 'pending':
      return isOver(ask) || ask.state === 'awaiting_approval' ? dim('not asked') : warn('no answer yet');
    case 'ended':
      return bad(endedWithoutDecision(owner.state));
  }
}

function endedWithoutDecision(state: string): string {
  switch (state) {
    case 'expired':
      return 'expired before the broker could decide';
    case 'replied':
      return 'an answer came that could not be opened';
    default:
      return 'failed: no answer in time, or none that could be believed';
  }
}

function problemLine(problem: string): Line {
  return ['  ', bad(`what came back was not believed, or nothing came: ${problem}`)];
}

/** Each unmet requirement: what is required, what was found, which law says so, what helps. */
export function describeReasons(reasons: readonly ShownReason[], indent: string): Line[] {
  return reasons.flatMap(({ code, requirement, required, found, source, remedy }, position): Line[] => [
    [indent, `${position + 1}. `, bold(requirement), dim(` (${code})`)],
    [indent, '   required  ', required],
    [indent, '   found     ', found],
    ...(source === undefined ? [] : [[indent, '   source    ', source]]),
    [indent, '   remedy    ', remedy],
  ]);
}

function moreOf({ more }: ShownOwner, txn: string): string {
  return more
    ? `there are more: comity more ${txn}`
    : 'there were more than the owner gives for one ask; the oldest were left out: narrow the window';
}

function describeReads(owner: ShownOwner, { txn }: ShownAsk): Line[] {
  if (verdictOf(owner) !== 'permitted') return [];
  const gone = owner.readCount - owner.reads.length;
  return [
    ...(owner.reads.length === 0 ? [] : readLines(owner.reads)),
    ...(gone > 0 ? [['  ', dim(`${counted(gone, 'read')} expired and deleted`)]] : []),
    ...(owner.truncated ? [['  ', warn(moreOf(owner, txn))]] : []),
    ...obligationLines(owner.obligations),
    ...owner.warnings.map((warning): Line => ['  ', warn('warning  '), warning]),
  ];
}

function obligationLines(obligations: JsonObject | undefined): Line[] {
  if (obligations === undefined) return [];
  return [
    ['  ', bold('binds  '), 'delete by ', text(obligations['expires_at'])],
    ...(obligations['purpose'] === 'named_case_only' ? [['         use for the named case only']] : []),
    ...dutyLines(obligations['duties']),
    ...(obligations['onward_transfer'] === 'refused_without_new_request'
      ? [['         pass on to nobody; whoever needs it asks the owner']]
      : []),
  ];
}

/** What is owed for the exception that was claimed; late, there is no other one. */
function dutyLines(duties: JsonValue | undefined): Line[] {
  const owed = Array.isArray(duties) ? duties.filter(isJsonObject) : [];
  return owed.map((duty): Line =>
    [['         ', warn(`${text(duty['duty'])} to the owner by ${text(duty['due_by'])}: comity duty report`)]].flat(),
  );
}

export function beneficiaryOf(ask: JsonObject): string {
  const beneficiary = text(ask['beneficiary']);
  return beneficiary === 'none' ? 'no other agency' : beneficiary;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
