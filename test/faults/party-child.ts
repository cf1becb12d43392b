import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../apps/sandbox/src/lay-out.js';
import type { PartyElsewhere } from '../federation/start-federation.js';

export type PartyCommand = { readonly do: 'arm'; readonly target: string | undefined } | { readonly do: 'refresh' };

export interface PartyProgram {
  /** To run, with its first argument. */
  readonly program: string;
  readonly environment?: Environment;
  readonly imports?: readonly string[];
}

const START_MS = 60_000;
const STOP_MS = 10_000;
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** One party in a process of its own: started, told to die at a point, killed, and started again over the same database. */
export class PartyChild implements PartyElsewhere {
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #points: string[] = [];
  #notes: string[] = [];
  #output = '';
  #extra: Environment = {};
  #unread = '';

  constructor(
    readonly party: string,
    private readonly environment: Environment,
    private readonly started: PartyProgram = { program: path('./party-process.ts') },
  ) {}

  async start(): Promise<this> {
    const { program, environment = {}, imports = [] } = this.started;
    const loaders = [path('../support/run-typescript.mjs'), ...imports].flatMap((module) => ['--import', module]);
    const options = ['--conditions', 'comity-source', '--experimental-transform-types', '--no-warnings', ...loaders];
    const child = spawn(process.execPath, [...options, program, this.party === 'broker' ? 'broker' : 'agency'], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(tmpdir(), 'comity-test-compile-cache'),
        ...this.environment,
        ...environment,
        ...this.#extra,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await this.#done(START_MS);
    return this;
  }

  /** Everything it has written to standard error and standard output, of all its lives. */
  get output(): string {
    return this.#output;
  }

  /** What it came past since it was armed, also in later lives. */
  get points(): readonly string[] {
    return this.#points;
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  get isDead(): boolean {
    return this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async arm(target: string | undefined): Promise<void> {
    this.#points = [];
    this.#notes = [];
    await this.#tell({ do: 'arm', target });
  }

  refresh(): Promise<void> {
    return this.#tell({ do: 'refresh' });
  }

  /** Resolves when it is dead; false where it still lives after `withinMs`. */
  async dies(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, withinMs, false);
    });
    const dead = await Promise.race([this.#exited.then(() => true), late]);
    clearTimeout(timer);
    return dead;
  }

  /** With these variables from now on. */
  async restartWith(extra: Environment): Promise<void> {
    this.#extra = extra;
    await this.close();
    await this.start();
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  async close(): Promise<void> {
    if (this.isDead) return;
    this.#child?.kill('SIGTERM');
    if (!(await this.dies(STOP_MS))) await this.kill();
  }

  async #tell(command: PartyCommand): Promise<void> {
    this.#child?.send(command);
    await this.#done(START_MS);
  }

  async #done(withinMs: number): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error(`${this.party} was not started`);
    const dead = this.#exited.then(() => {
      throw new Error(`${this.party} ended:\n${this.#output.slice(-2000)}`);
    });
    dead.catch(() => undefined);
    await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(withinMs) }), dead]);
  }

  #read(text: string): void {
    this.#output += text;
    const lines = `${this.#unread}${text}`.split('\n');
    this.#unread = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('point ')) this.#points.push(line.slice(6));
      if (line.startsWith('note ')) this.#notes.push(line.slice(5));
    }
  }
}
