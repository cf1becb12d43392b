import {
  REACH_TARGETS,
  type ChangeSet,
  type NotClosable,
  type ReachTarget,
  type SideDoors,
  type UnsettledNames,
} from '#policy';
import type { JsonObject } from '#protocol';
import { table } from './table.js';
import { bad, bold, dim, good, warn, type Line } from './terminal.js';

export interface SideDoorsAbout {
  readonly name: string;
  /** On a vendor's network: how many the owner names, and how many of them name nobody in their turn. */
  readonly shares?: { readonly named: number; readonly silent: number };
  readonly target: ReachTarget;
  /** Milliseconds. */
  readonly took: number;
}

const SHOWN_CHANGES = 30;

/** The finding for a person: how many ways of which kind, some of them step by step, and what closes them all. */
export function describeSideDoors(doors: SideDoors, { name, shares, target, took }: SideDoorsAbout): Line[] {
  const { counts } = doors;
  const whom = REACH_TARGETS[target];
  if (shares?.named === 0)
    return [[warn(`${name} names nobody that it shares with: it shares with nobody, or does not say so`)]];
  if (doors.reached.length === 0) return [[good(`no way leads from ${name} to ${whom}`)], `${took} ms`];
  return [
    [bold(`from ${name} to ${whom}`)],
    [
      '  ways       ',
      counts.ways === null ? bad('without number: reads can go round in circles') : bad(number(counts.ways)),
      statedText(doors),
    ],
    ...counts.byKinds.map(({ kinds, ways }): Line => [
      '             ',
      `${number(ways).padStart(9)}  ${kinds.join(', then ')}`,
    ]),
    [
      '  doors      ',
      `${number(doors.doors.length)} ${doors.doors.length === 1 ? 'agency' : 'agencies'} that the owner itself gives to`,
    ],
    ['  reached    ', `${number(doors.reached.length)}, such as ${firstNames(doors)}`],
    ...(shares === undefined
      ? []
      : [
          `  not known  whom ${number(shares.silent)} of the ${number(shares.named)} it shares with share with in their turn`,
        ]),
    ['  time       ', `${took} ms`],
    '',
    ...changeLines(doors, 'to close them all, whoever does it', doors.closing.byAnybody),
    '',
    ...changeLines(doors, 'to close them all by the owner alone', doors.closing.byOwner),
    ...listedLines(doors),
    '',
  ];
}

function statedText({ counts }: SideDoors): string {
  if (counts.stated === null || counts.ways === null) return '';
  return `, ${number(counts.stated)} of them on record and ${number(counts.ways - counts.stated)} that nothing excludes`;
}

function firstNames({ graph, reached }: SideDoors): string {
  const names = reached.slice(0, 3).map((party) => graph.parties[party]?.name ?? '');
  return names.join('; ');
}

function changeLines({ graph }: SideDoors, heading: string, found: ChangeSet | NotClosable): Line[] {
  if ('way' in found) {
    return [[bold(heading), ': ', bad('not possible; this way stays')], ...stepLines(graph, found.way)];
  }
  const { changes, isSmallest, atLeast, method } = found;
  const size = `${number(changes.length)} ${changes.length === 1 ? 'change' : 'changes'}`;
  const how = isSmallest
    ? `the smallest set (${method})`
    : `at least ${atLeast} are needed; a smaller set was not found`;
  return [
    [bold(heading), ': ', size, dim(`, ${how}`)],
    ...changes.slice(0, SHOWN_CHANGES).map((change): Line => ['  - ', graph.changes[change]?.text ?? '']),
    ...(changes.length > SHOWN_CHANGES
      ? [[dim(`  and ${number(changes.length - SHOWN_CHANGES)} more; --json lists them all`)]]
      : []),
  ];
}

function listedLines(doors: SideDoors): Line[] {
  const { graph, listed, counts } = doors;
  if (listed.length === 0) return [];
  const of = counts.ways === null ? '' : ` of ${number(counts.ways)}`;
  return [
    '',
    [bold(`${number(listed.length)}${of} ways, step by step`)],
    ...listed.flatMap(({ steps }, index): Line[] => [`  ${index + 1}.`, ...stepLines(graph, steps)]),
  ];
}

function stepLines(graph: SideDoors['graph'], steps: readonly number[]): Line[] {
  return steps.flatMap((place): Line[] => {
    const step = graph.steps[place];
    if (!step || step.kind === null) return [];
    const to = graph.parties[graph.nodes[step.to]?.party ?? -1]?.name ?? '';
    const source = step.source === undefined ? '' : ` (${step.source})`;
    return [
      ['     → ', bold(to), `  ${step.kind}`, dim(step.certainty === 'stated' ? '' : ', not excluded')],
      ['       ', dim(`${step.openedBy}${source}`)],
    ];
  });
}

/** Title and numbers of the picture. */
export function titleOf(
  name: string,
  target: ReachTarget,
  { counts, doors, closing }: SideDoors,
): { title: string; subtitle: string } {
  const ways = counts.ways === null ? 'ways without number' : `${number(counts.ways)} ways`;
  const closed = (found: ChangeSet | NotClosable): string =>
    'way' in found ? 'cannot' : `${found.isSmallest ? '' : 'at most '}${number(found.changes.length)}`;
  const subtitle = `${ways} over ${number(doors.length)} agencies that the owner gives to · smallest set of changes that closes them all: ${closed(closing.byAnybody)} · by the owner alone: ${closed(closing.byOwner)} · what is possible, not what was done`;
  return { title: `${name}: ways to ${REACH_TARGETS[target]}`, subtitle };
}

interface SurveyRow {
  readonly id: string;
  readonly shares: number;
  readonly doors: SideDoors;
}

/** One line an owner, those with the most ways first. */
export function surveyTable(rows: readonly SurveyRow[]): Line[] {
  const sorted = rows.toSorted(
    (a, b) => (b.doors.counts.ways ?? Infinity) - (a.doors.counts.ways ?? Infinity) || (a.id < b.id ? -1 : 1),
  );
  return table(
    ['owner', 'shares with', 'ways', 'on record', 'doors', 'changes', 'by owner'],
    sorted.map(({ id, shares, doors }) => [
      id,
      number(shares),
      doors.counts.ways === null ? 'any' : number(doors.counts.ways),
      doors.counts.stated === null ? '' : number(doors.counts.stated),
      number(doors.doors.length),
      sizeOf(doors.closing.byAnybody),
      sizeOf(doors.closing.byOwner),
    ]),
  );
}

function sizeOf(found: ChangeSet | NotClosable): string {
  return 'way' in found ? 'none' : number(found.changes.length);
}

/** How many names could not be settled; with `isWhole` every one of them. */
export function unsettledLines(unsettled: UnsettledNames, isWhole: boolean): Line[] {
  const { owners, organisations, registerWithoutName, withoutState, agreements, doubts, reviewedInVain } = unsettled;
  const alike = agreements.filter(({ why }) => why !== 'nothing_alike');
  const entries: [count: string, names: readonly string[]][] = [
    [`${number(owners.length)} owners are not in the register`, owners],
    [`${number(organisations.length)} organisations are not in the register`, organisations],
    [`${number(registerWithoutName.length)} rows of the register name nobody on the network`, registerWithoutName],
    [`${number(withoutState.length)} organisations have no state that anybody says`, withoutState],
    [
      `${number(doubts.length)} classes of the register are doubtful and not counted`,
      doubts.map(({ organisation, doubt }) => `${organisation}: ${doubt}`),
    ],
    [
      `${number(agreements.length)} agencies of the 287(g) list are none of the organisations by name; ${number(alike.length)} of them come near one, and a person has to look`,
      agreements.map(
        ({ agency, state, possible }) =>
          `${agency}, ${state}${possible.length === 0 ? '' : `: perhaps ${possible.join(' or ')}`}`,
      ),
    ],
    [`${number(reviewedInVain.length)} settled names are found nowhere`, reviewedInVain],
  ];
  const lines = entries.filter(([, names]) => names.length > 0);
  if (lines.length === 0) return [];
  return [
    [bold('names that could not be settled'), isWhole ? '' : dim(' (--unsettled lists them)')],
    ...lines.flatMap(([count, names]): Line[] => [
      `  ${count}`,
      ...(isWhole ? names.map((name): Line => ['    ', name]) : []),
    ]),
  ];
}

export function unsettledDocument({
  owners,
  organisations,
  registerWithoutName,
  withoutState,
  agreements,
  doubts,
  reviewedInVain,
}: UnsettledNames): JsonObject {
  return {
    owners: [...owners],
    organisations: [...organisations],
    register_without_name: [...registerWithoutName],
    without_state: [...withoutState],
    doubts: doubts.map(({ organisation, doubt }) => ({ organisation, doubt })),
    agreements: agreements.map(({ state, agency, models, why, possible }) => ({
      state,
      agency,
      models: [...models],
      why,
      possible: [...possible],
    })),
    reviewed_in_vain: [...reviewedInVain],
  };
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
