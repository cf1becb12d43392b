import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishRule } from '../../apps/sandbox/src/agency-people.js';
import { someOf } from '../support/how-much.js';
import { narrower, ruleOf } from './changed-rule.js';
import { crashAt, discoverPoints, summaryOf, tableOf, type CrashRun, type Story } from './crash-sweep.js';
import { faultsOfEnd, settled, tracesOf } from './end-state.js';
import { PARTIES, ROLES, askUntilEnded, environmentOf, nextCase, type Role } from './exchange-under-test.js';
import { faultsOfLedgers } from './ledger-history.js';
import { startThreeProcesses, type ThreeProcesses } from './three-processes.js';

/** `npm run faults` sweeps every point of every story; a plain test run some that leave the most in doubt, each day other ones. */
const EVERY = process.env['COMITY_CRASH_POINTS'] === 'all';
const SOME_POINTS = 2;
const SWEEP_MS = 30 * 60_000;
const READS: Story = { ending: 'reads' };

type Points = Readonly<Record<Role, readonly string[]>>;

let three: ThreeProcesses;
let first: Points;
let later: Points;
const runs: CrashRun[] = [];

beforeAll(async () => {
  three = await startThreeProcesses();
  first = await discoverPoints(three, READS);
  later = await discoverPoints(three, READS);
});

afterAll(async () => {
  console.log(EVERY ? `${tableOf(runs)}\n${summaryOf(runs)}` : summaryOf(runs));
  await three.close();
});

async function sweep(story: Story, role: Role, points: readonly string[], before = async () => {}): Promise<void> {
  for (const point of points) {
    await before();
    const run = await crashAt(three, story, role, point);
    runs.push(run);
    // Whether a rule or a proof has to be looked up depends on what was seen meanwhile.
    const died = run.died || isLookUp(point);
    expect.soft({ ...run, died }, `${story.ending} ${role} ${point}`).toMatchObject({ died: true, faults: [] });
  }
}

describe('F01, F07: killed between any two steps of an exchange', () => {
  test.each(ROLES)(
    'the %s comes back to one end state: nothing left without an entry, nothing asked twice',
    async (role) => {
      const points = EVERY ? later[role] : later[role].filter(leavesMostInDoubt);
      expect(points.length).toBeGreaterThan(5);
      await sweep(READS, role, EVERY ? points : someOf(points, SOME_POINTS));
    },
    SWEEP_MS,
  );

  test('a broker that comes back while the owner is down denies nobody for good', async () => {
    await three.child.owner.kill();
    await three.child.broker.kill();
    await three.child.broker.start();
    const caseNumber = nextCase();
    const ended = askUntilEnded(three, caseNumber, { withinMs: 60_000 });
    ended.catch(() => undefined);
    const attempts = async () => (await tracesOf(three, caseNumber)).outgoing[0]?.attempts ?? 0;
    await expect.poll(attempts, { timeout: 20_000 }).toBeGreaterThan(2);
    expect((await tracesOf(three, caseNumber)).spent.filter(({ state }) => state !== null)).toEqual([]);
    await three.child.owner.start();
    await ended;
    expect(faultsOfEnd(await settled(three, caseNumber), 'reads')).toEqual([]);
  }, 120_000);

  if (EVERY) {
    test.each(ROLES)(
      'the %s comes back to one end state also at its first look at a rule or a ledger',
      async (role) => {
        await sweep(READS, role, onlyIn(first[role], later[role]), () => forget(role));
      },
      SWEEP_MS,
    );

    test(
      'a denial by the broker is one denial, whoever dies',
      async () => {
        const story: Story = { ending: 'broker_denied', statement: { beneficiary: 'https://not-enrolled.example' } };
        const points = await discoverPoints(three, story);
        for (const role of ['requester', 'broker'] as const) await sweep(story, role, points[role]);
      },
      SWEEP_MS,
    );

    test(
      'a denial by the owner is one denial, whoever dies',
      async () => {
        // The broker forwards by the rule that it knows; the owner has narrowed its own meanwhile, which binds at once.
        await three.child.broker.restartWith({ TEST_HOLD_RULE: '1' });
        await publishRule(three.federation.people(PARTIES.owner), narrower(ruleOf(three.federation, PARTIES.owner)));
        const story: Story = { ending: 'denied' };
        const points = await discoverPoints(three, story);
        for (const role of ROLES) await sweep(story, role, points[role]);
      },
      SWEEP_MS,
    );
  }

  test('every ledger is the one history that others saw, entry by entry', async () => {
    const parties = ROLES.map((role) => ({
      party: role,
      database: three.database[role],
      environment: environmentOf(three.federation, role),
    }));
    expect(await faultsOfLedgers(parties)).toEqual([]);
  });
});

/** A write whose acknowledgement was lost, and a call around which nobody knows what the other side did. */
function leavesMostInDoubt(point: string): boolean {
  return point.startsWith('during ') || / (POST|GET) /.test(point);
}

function isLookUp(point: string): boolean {
  return / GET |broker_rule/.test(point);
}

function onlyIn(points: readonly string[], others: readonly string[]): string[] {
  return points.filter((point) => !others.includes(point));
}

/** A node that has seen no ledger yet, and a broker whose look at the rule is no longer fresh. */
async function forget(role: Role): Promise<void> {
  await three.database[role].query('delete from seen_checkpoint');
  if (role === 'broker') await sleep(5_500);
}
