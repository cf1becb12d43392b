import type { JsonObject } from '#protocol';
import { auditFaults } from './audit.js';
import { faultsOfEnd, isUnconfirmed, releasedWithoutEntry, settled, tracesOf, type Ending } from './end-state.js';
import { ROLES, askUntilEnded, nextCase, type Role } from './exchange-under-test.js';
import type { ThreeProcesses } from './three-processes.js';

/** An exchange to be swept: what is stated, and how it has to end however often somebody dies. */
export interface Story {
  readonly ending: Ending;
  readonly statement?: JsonObject;
}

export interface CrashRun {
  readonly ending: Ending;
  readonly role: Role;
  readonly point: string;
  readonly died: boolean;
  /** From the restart to the end of the exchange. */
  readonly recoveredMs: number;
  readonly faults: readonly string[];
}

const EXCHANGE_MS = 60_000;
const AFTER_THE_END_MS = 1_500;

/** The points of one exchange in which nobody dies, by the party that comes past them. */
export async function discoverPoints(
  three: ThreeProcesses,
  story: Story,
): Promise<Readonly<Record<Role, readonly string[]>>> {
  for (const role of ROLES) await three.child[role].arm(undefined);
  const caseNumber = nextCase();
  await askUntilEnded(three, caseNumber, { withinMs: EXCHANGE_MS, ...story });
  const faults = faultsOfEnd(await settled(three, caseNumber), story.ending);
  if (faults.length > 0) throw new Error(`an exchange without a crash: ${faults.join('; ')}`);
  const points = (role: Role) => [...new Set(three.child[role].points)];
  return { requester: points('requester'), broker: points('broker'), owner: points('owner') };
}

/** One exchange in which a party is killed at a point and started again, and what is wrong with what is left. */
export async function crashAt(three: ThreeProcesses, story: Story, role: Role, point: string): Promise<CrashRun> {
  for (const each of ROLES) await three.child[each].arm(each === role ? point : undefined);
  const child = three.child[role];
  const caseNumber = nextCase();
  let ended = false;
  const asking = askUntilEnded(three, caseNumber, { withinMs: EXCHANGE_MS, ...story }).finally(() => (ended = true));
  asking.catch(() => undefined);
  await Promise.race([child.dies(EXCHANGE_MS), asking.catch(() => undefined)]);
  // What comes after the answer, such as `sent`, may be the point.
  const died = child.isDead || (ended && (await child.dies(AFTER_THE_END_MS)));
  const over = await tracesOf(three, caseNumber);
  const searchesBefore = searches(three);
  if (child.isDead) await child.start();
  const restartedAt = Date.now();
  const failed = await asking.then(
    () => [],
    (error: unknown) => [String(error)],
  );
  const recoveredMs = Date.now() - restartedAt;
  const repeated = await replay(three, caseNumber);
  const traces = await settled(three, caseNumber);
  // Nothing that was found is kept before its release is logged, so that search may be lost with the process.
  const lost = role === 'owner' && over.incoming.length === 0 ? searchesBefore : 0;
  const found = searches(three);
  const twice = found > lost + 1 ? [`${found} searches, of which ${lost} were lost`] : [];
  const audited = await auditFaults(three, traces.asks[0]?.txn ?? '', { unconfirmed: isUnconfirmed(traces) });
  const faults = [
    ...failed,
    ...releasedWithoutEntry(over),
    ...repeated,
    ...faultsOfEnd(traces, story.ending),
    ...twice,
    ...audited,
  ];
  return { ending: story.ending, role, point, died, recoveredMs, faults };
}

function searches(three: ThreeProcesses): number {
  return three.child.owner.notes.filter((note) => note === 'search').length;
}

/** The same message once more, as a client that lost the answer sends it: the same bytes, and nothing new anywhere. */
async function replay(three: ThreeProcesses, caseNumber: string): Promise<string[]> {
  const { outgoing, spent } = await tracesOf(three, caseNumber);
  const answer = await three.federation.network.request({
    method: 'POST',
    url: `${three.federation.laidOut.broker}/requests`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ request: outgoing[0]?.request, log_size: 0 }),
    timeoutMs: 30_000,
    maxBytes: 4_000_000,
  });
  if (answer.status !== 200) return [`a replay was answered ${answer.status}: ${answer.body.slice(0, 200)}`];
  const body = JSON.parse(answer.body) as { state: string; answer?: string; denial?: string };
  const same =
    body.state === spent[0]?.state &&
    (body.answer ?? null) === spent[0].answer &&
    (body.denial ?? null) === spent[0].denial;
  return same ? [] : ['a replay was answered with something else'];
}

/** `party  point  died  recovered`, one line a run, for people. */
export function tableOf(runs: readonly CrashRun[]): string {
  const lines = runs.map(({ ending, role, point, died, recoveredMs, faults }) =>
    [
      ending.padEnd(13),
      role.padEnd(10),
      point.padEnd(78),
      died ? 'killed' : 'not reached',
      `${recoveredMs} ms`.padStart(9),
      faults.length === 0 ? 'one end state' : faults.join('; '),
    ].join('  '),
  );
  const survived = (role: Role) => {
    const of = runs.filter((run) => run.role === role && run.died);
    return `${role}: ${of.filter(({ faults }) => faults.length === 0).length} of ${of.length} survived`;
  };
  return [...lines, '', ...ROLES.map(survived)].join('\n');
}

/** One line: how many points were survived, and the slowest way back. */
export function summaryOf(runs: readonly CrashRun[]): string {
  const died = runs.filter((run) => run.died);
  const survived = died.filter(({ faults }) => faults.length === 0);
  const slowest = Math.max(0, ...died.map(({ recoveredMs }) => recoveredMs));
  return `crash points: ${survived.length} of ${died.length} survived, slowest way back ${slowest} ms after the restart`;
}
