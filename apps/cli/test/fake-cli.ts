import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ProtocolError, type HttpRequest, type HttpResponse, type JsonValue, type Network } from '#protocol';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import type { ExitCode } from '../src/exit-codes.js';
import { runCli } from '../src/run-cli.js';
import { SessionsFile, type StoredSession } from '../src/sessions-file.js';
import { plainText } from '../src/terminal.js';

export const AGENCY = 'https://node.salish-point.example';
export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const TXN = '0f0e0d0c-0b0a-4908-8706-050403020100';
export const TOKEN = 'T'.repeat(43);

/** What a node answers; a function may answer differently each time. `undefined`: nobody is there. */
export type Route =
  | { readonly status?: number; readonly body: JsonValue }
  | { readonly status?: number; readonly text: string }
  | undefined;
export type Routes = Readonly<Record<string, Route | ((request: HttpRequest) => Route)>>;

export interface Ran {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly progress: readonly string[];
  readonly requests: readonly HttpRequest[];
}

/** Runs the command with a terminal, a network and a clock of the test's own, and a home that is thrown away. */
export class FakeCli {
  readonly clock: FakeClock = fakeClock(NOW);
  readonly opened: string[] = [];
  environment: Record<string, string> = {};
  network: Network | undefined;
  /** Set where no time shall pass while a command waits for something else. */
  isPatient = false;

  private constructor(readonly home: string) {
    this.environment = { COMITY_HOME: home };
  }

  static async create(): Promise<FakeCli> {
    const home = await mkdtemp(join(tmpdir(), 'comity-cli-'));
    homes.push(home);
    return new FakeCli(home);
  }

  get sessions(): SessionsFile {
    return new SessionsFile(this.home);
  }

  async signIn(session: Partial<StoredSession> = {}): Promise<void> {
    const expiresAt = '2026-11-22T20:00:00.000Z';
    await this.sessions.put({
      agency: AGENCY,
      profile: 'officer',
      token: TOKEN,
      expiresAt,
      roles: ['officer'],
      ...session,
    });
  }

  file(name: string, content: JsonValue): Promise<string> {
    return this.textFile(name, JSON.stringify(content));
  }

  async textFile(name: string, text: string): Promise<string> {
    const path = join(this.home, name);
    await writeFile(path, text);
    return path;
  }

  async run(argv: readonly string[], routes: Routes = {}): Promise<Ran> {
    const [out, err, progress, requests]: [string[], string[], string[], HttpRequest[]] = [[], [], [], []];
    const exit = await runCli(argv, {
      environment: this.environment,
      clock: { now: () => this.clock.now(), sleep: (milliseconds) => this.passTime(milliseconds) },
      terminal: {
        out: (line) => void out.push(plainText(line)),
        err: (line) => void err.push(plainText(line)),
        progress: (text) => void (text !== undefined && progress.push(text)),
      },
      network: this.network ?? {
        request: (request) => {
          requests.push(request);
          return answer(request, routes);
        },
      },
      browser: {
        open: (url) => {
          this.opened.push(url);
          return Promise.resolve(false);
        },
      },
    });
    return { exit, out: out.join('\n'), err: err.join('\n'), progress, requests };
  }

  /** Time passes at once when a command sleeps. */
  private async passTime(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (!this.isPatient) setImmediate(resolve);
    });
    this.clock.advance(milliseconds);
  }
}

const homes: string[] = [];
afterAll(async () => {
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});

/** A route is `METHOD path`, at whatever node. */
function answer(request: HttpRequest, routes: Routes): Promise<HttpResponse> {
  const { pathname, search } = new URL(request.url);
  const found = routes[`${request.method} ${pathname}${search}`] ?? routes[`${request.method} ${pathname}`];
  const route = typeof found === 'function' ? found(request) : found;
  if (route === undefined) {
    return Promise.reject(new ProtocolError('network_failed', 'the other side could not be reached'));
  }
  return Promise.resolve({
    status: route.status ?? 200,
    headers: {},
    body: 'text' in route ? route.text : JSON.stringify(route.body),
  });
}
