import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decide, parseFacts, parseInstant, parseRuleText, type Facts, type Rule } from '#policy';
import { parseStrictJson } from '#protocol';

/** One decision that is made again and again: what another engine beside `decide` has to be given too. */
export interface PolicyLoad {
  readonly name: string;
  readonly facts: Facts;
  readonly rule: Rule;
}

export interface Rate {
  readonly name: string;
  readonly outcome: string;
  readonly perSecond: number;
}

export const NOW = parseInstant('2026-11-22T08:00:00-08:00');
const BATCH = 500;

/** Facts and rules as they stand in the cases, from the one that meets everything to the one that meets nothing. */
export async function policyLoads(): Promise<PolicyLoad[]> {
  const [juniper, everyKind] = await Promise.all([
    ruleOf('rules/juniper-bend-police.json'),
    ruleOf('cases/rules/every-kind-city.json'),
  ]);
  const [salish, peachtree, harbor] = await Promise.all([
    factsOf('salish-point-asks-juniper-bend'),
    factsOf('peachtree-flats-asks-juniper-bend'),
    factsOf('harbor-county-asks-juniper-bend'),
  ]);
  return [
    { name: 'four protections, all met', facts: salish, rule: juniper },
    { name: 'four protections, one not met', facts: harbor, rule: juniper },
    { name: 'four protections, most not met', facts: peachtree, rule: juniper },
    { name: 'tiers, exceptions and forbid clauses, all met', facts: salish, rule: everyKind },
  ];
}

/** `decide` alone, facts and rule in hand; each load for `milliseconds`, in turns, so that a busy moment hits all of them. */
export function measureLoads(
  loads: readonly PolicyLoad[],
  milliseconds: number,
  run: (load: PolicyLoad) => string = ({ facts, rule }) => decide(facts, { rule, side: 'release' }, NOW).outcome,
): Rate[] {
  const totals = loads.map(() => ({ times: 0, ms: 0 }));
  const rounds = 10;
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, load] of loads.entries()) {
      const total = totals[index];
      const spent = timed(milliseconds / rounds, () => run(load));
      if (total === undefined) continue;
      total.times += spent.times;
      total.ms += spent.ms;
    }
  }
  return loads.map((load, index) => {
    const { times, ms } = totals[index] ?? { times: 0, ms: 1 };
    return { name: load.name, outcome: run(load), perSecond: times / (ms / 1_000) };
  });
}

/** What a decision is compared with: one Ed25519 signature over a kilobyte, verified. */
export function verificationsPerSecond(milliseconds: number): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(1024, 7);
  const signature = sign(null, message, privateKey);
  const { times, ms } = timed(milliseconds, () => verify(null, message, publicKey, signature));
  return times / (ms / 1_000);
}

function timed(milliseconds: number, run: () => unknown): { times: number; ms: number } {
  const started = performance.now();
  let times = 0;
  for (; performance.now() - started < milliseconds; times += BATCH) for (let i = 0; i < BATCH; i += 1) run();
  return { times, ms: performance.now() - started };
}

async function ruleOf(path: string): Promise<Rule> {
  return parseRuleText(await policyFile(path));
}

async function factsOf(name: string): Promise<Facts> {
  return parseFacts(parseStrictJson(await policyFile(`cases/facts/${name}.json`)));
}

/** From `libs/policy`, found the same way from the sources and from `dist`. */
function policyFile(path: string): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf('test/bench')).replace(/dist\/$/, '');
  return readFile(`${root}libs/policy/${path}`, 'utf8');
}
