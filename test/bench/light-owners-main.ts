// node light-owners-main.js SPECIFICATION_FILE, with a channel to its parent: the process of all light owners of a benchmark.
import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { demoReads } from '../../apps/sandbox/src/demo-reads.js';
import { PLACES } from '../../apps/sandbox/src/sandbox.js';
import { LightOwners, type OwnerToOpen } from '../federation/light/light-owners.js';

export interface LightOwnersToStart {
  readonly databaseUrl: string;
  readonly slowMs: number;
  readonly owners: readonly OwnerToOpen[];
}

/** What the parent asks for, and what it is told. */
export type ToLightOwners = { readonly goAway: number } | 'stop';
export type FromLightOwners = { readonly opened: number } | 'ready' | { readonly gone: number };

const READS = 2_000;
const OPEN_AT_ONCE = 6;

function tell(message: FromLightOwners): void {
  process.send?.(message);
}

const [, , path = ''] = process.argv;
const { databaseUrl, slowMs, owners: all } = JSON.parse(await readFile(path, 'utf8')) as LightOwnersToStart;
const ports = {
  clock: systemClock,
  randomness: systemRandomness,
  network: undiciNetwork({ egress: LOOPBACK_TOO }),
};
const log = (line: string) => void process.stderr.write(`${line}\n`);
const owners = await LightOwners.start({ databaseUrl, ports, log, slowMs });
await owners.storeReads(demoReads(systemClock.now(), PLACES['juniper-bend'], READS, systemRandomness));
const waiting = all.values();
let opened = 0;
const work = async () => {
  for (const owner of waiting) {
    await owners.open(owner);
    opened += 1;
    tell({ opened });
  }
};
await Promise.all(Array.from({ length: OPEN_AT_ONCE }, work));
await owners.work();
tell('ready');

process.on('message', (message: ToLightOwners) => {
  if (message === 'stop') {
    void owners.close().then(() => process.exit());
    return;
  }
  const { goAway } = message;
  void owners.goAway(goAway).then(() => tell({ gone: goAway }));
});
// Without its parent nobody would end it.
process.on('disconnect', () => process.exit());
