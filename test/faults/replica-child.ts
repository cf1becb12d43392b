import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const REPLICA_ORIGIN = 'replicas.example/ledger';

/** What a replica has promised. */
export interface Acknowledged {
  readonly receiptId: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A sequencer in a process of its own, through all its lives. */
export class Replica {
  readonly acknowledged: Acknowledged[] = [];
  readonly errors: string[] = [];
  #tried = new Set<string>();
  #child: ChildProcess | undefined;
  #lives = 0;

  constructor(
    private readonly name: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  start(): void {
    this.#lives += 1;
    const options = ['--conditions', 'comity-source', '--experimental-transform-types', '--no-warnings'];
    const loader = ['--import', path('../support/run-typescript.mjs')];
    const child = spawn(process.execPath, [...options, ...loader, path('./replica-process.ts')], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(tmpdir(), 'comity-test-compile-cache'),
        ...this.environment,
        TEST_LIFE: `${this.name}${this.#lives}`,
        TEST_AGAIN: [...this.#tried].join(','),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => this.errors.push(chunk.toString()));
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#read(line));
  }

  /** As a power cut does it: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** As a machine does that hangs and comes back: it goes on in the middle of whatever it was doing, and knows of nothing. */
  async freeze(ms: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await sleep(ms);
    this.#child?.kill('SIGCONT');
  }

  #read(line: string): void {
    const [word, receiptId, index, size, root] = line.split(' ');
    if (word === 'try' && receiptId !== undefined) this.#tried.add(receiptId);
    // A line that was cut by the kill promises nothing.
    if (word !== 'ack' || receiptId === undefined || root?.length !== 64) return;
    this.#tried.delete(receiptId);
    this.acknowledged.push({ receiptId, index: Number(index), size: Number(size), root });
  }
}
