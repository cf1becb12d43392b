import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseStrictObject, type Clock, type Network } from '#protocol';
import type { Environment } from './lay-out.js';

export interface PartyProcess {
  readonly name: string;
  readonly url: string;
}

export interface PartyToStart {
  readonly name: string;
  /** Folder of its app: `broker`, `agency` ... */
  readonly app: string;
  readonly url: string;
  /** Path that answers 200 when it works. */
  readonly ready: string;
  /** How many agencies it has to know before it is ready; none for a party that knows nobody. */
  readonly members?: number;
  readonly environment: Environment;
}

/** A party did not start; `log` is the end of what it said. */
export class PartyFailedError extends Error {
  override readonly name = 'PartyFailedError';
  readonly code = 'party_failed';

  constructor(party: string, log: string) {
    super(`\`${party}\` did not start\n${log}`);
  }
}

const READY_MS = 90_000;
const POLL_MS = 100;
const GRACE_MS = 8_000;

/** The processes of a sandbox: one for each party, their output in a file each, and all of them ended together. */
export class Processes {
  private readonly children = new Map<string, ChildProcess>();
  private readonly main = (app: string) => fileURLToPath(new URL(`../../${app}/src/main.js`, import.meta.url));
  private readonly tracing = new URL('../../../libs/tracing/io/register.js', import.meta.url).href;

  constructor(
    private readonly directory: string,
    private readonly ports: { clock: Clock; network: Network },
    /** For Node itself: to profile the parties, or to count what they do. */
    private readonly nodeArguments: readonly string[] = [],
  ) {}

  /** Starts a party; `ready` waits for it. */
  async start(party: PartyToStart): Promise<void> {
    await mkdir(join(this.directory, 'logs'), { recursive: true });
    const log = await open(join(this.directory, 'logs', `${party.name}.log`), 'w');
    const forNode = ['--enable-source-maps', '--import', this.tracing, ...this.nodeArguments];
    const child = spawn(process.execPath, [...forNode, this.main(party.app)], {
      env: { ...inherited(), ...party.environment, OTEL_SERVICE_NAME: party.name },
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    this.children.set(party.name, child);
    await this.rememberPids();
  }

  async ready(party: PartyToStart): Promise<void> {
    const until = this.ports.clock.now() + READY_MS;
    for (;;) {
      const child = this.children.get(party.name);
      if (child === undefined || child.exitCode !== null || this.ports.clock.now() > until) {
        throw new PartyFailedError(party.name, await this.endOfLog(party.name));
      }
      if (await this.answers(party)) return;
      await this.ports.clock.sleep(POLL_MS);
    }
  }

  private async answers(party: PartyToStart): Promise<boolean> {
    try {
      const call = {
        method: 'GET',
        url: `${party.url}${party.ready}`,
        timeoutMs: 2_000,
        maxBytes: 256 * 1024,
      } as const;
      const { status, body } = await this.ports.network.request(call);
      if (status !== 200 || party.members === undefined) return status === 200;
      const health = parseStrictObject(body);
      return typeof health['members'] === 'number' && health['members'] >= party.members;
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    const ended = [...this.children.values()].map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
        }),
    );
    await Promise.race([Promise.all(ended), this.ports.clock.sleep(GRACE_MS)]);
    for (const child of this.children.values()) child.kill('SIGKILL');
  }

  private async endOfLog(name: string): Promise<string> {
    const text = await readFile(join(this.directory, 'logs', `${name}.log`), 'utf8').catch(() => '');
    return text.split('\n').slice(-15).join('\n');
  }

  /** So that the next start can end what a killed sandbox left behind. */
  private async rememberPids(): Promise<void> {
    const pids = [...this.children.values()].map(({ pid }) => pid);
    await writeFile(pidsFile(this.directory), JSON.stringify(pids));
  }
}

/** Ends the parties of an earlier sandbox that was killed. A process id that is another program by now is left alone. */
export function endLeftovers(directory: string): void {
  for (const pid of readPids(directory)) {
    if (isParty(pid)) process.kill(pid, 'SIGKILL');
  }
}

function readPids(directory: string): number[] {
  try {
    const pids: unknown = JSON.parse(readFileSync(pidsFile(directory), 'utf8'));
    return Array.isArray(pids) ? pids.filter((pid) => typeof pid === 'number' && Number.isInteger(pid) && pid > 1) : [];
  } catch {
    return [];
  }
}

function isParty(pid: number): boolean {
  try {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root);
  } catch {
    return false;
  }
}

const pidsFile = (directory: string) => join(directory, 'pids.json');

/** A party gets what a program needs to run, and of our own settings only what it is told. */
function inherited(): Environment {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
