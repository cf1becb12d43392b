import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decide, parseFacts, parseInstant, parseRuleText } from '#policy';
import { parseStrictJson } from '#protocol';

export interface DecideRate {
  readonly asks: string;
  readonly outcome: string;
  readonly perSecond: number;
}

const NOW = parseInstant('2026-11-22T08:00:00-08:00');
const BATCH = 500;

/** `decide` alone, facts and rule in hand: of a requester that meets everything, and of one that meets little. */
export async function measureDecide(milliseconds: number): Promise<DecideRate[]> {
  const rule = parseRuleText(await policyFile('rules/juniper-bend-police.json'));
  const rates: DecideRate[] = [];
  for (const asks of ['salish-point', 'peachtree-flats']) {
    const facts = parseFacts(parseStrictJson(await policyFile(`cases/facts/${asks}-asks-juniper-bend.json`)));
    const run = () => decide(facts, { rule, side: 'release' }, NOW);
    for (let i = 0; i < BATCH; i += 1) run();
    const started = performance.now();
    let times = 0;
    for (; performance.now() - started < milliseconds; times += BATCH) for (let i = 0; i < BATCH; i += 1) run();
    rates.push({ asks, outcome: run().outcome, perSecond: times / ((performance.now() - started) / 1_000) });
  }
  return rates;
}

/** From `libs/policy`, found the same way from the sources and from `dist`. */
function policyFile(path: string): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf('test/bench')).replace(/dist\/$/, '');
  return readFile(`${root}libs/policy/${path}`, 'utf8');
}
