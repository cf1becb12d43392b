import { fork, type ChildProcess } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromLightOwners, LightOwnersToStart, ToLightOwners } from './light-owners-main.js';

const MAIN = fileURLToPath(new URL('light-owners-main.js', import.meta.url));
const STOP_MS = 20_000;

/** The one process of all light owners, as its parent sees it. */
export class LightOwnersProcess {
  private constructor(private readonly child: ChildProcess) {}

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when all of them listen. */
  static async start(
    directory: string,
    toStart: LightOwnersToStart,
    opened: (count: number) => void,
  ): Promise<LightOwnersProcess> {
    const path = join(directory, 'light-owners.json');
    await writeFile(path, JSON.stringify(toStart), { mode: 0o600 });
    const log = await open(join(directory, 'logs', 'light-owners.log'), 'w');
    const child = fork(MAIN, [path], {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      env: { ...process.env, OTEL_SERVICE_NAME: 'light-owners' },
    });
    await log.close();
    await new Promise<void>((ready, failed) => {
      child.once('exit', () => failed(new Error(`the light owners did not start: see ${join(directory, 'logs')}`)));
      child.on('message', (message: FromLightOwners) => {
        if (message === 'ready') ready();
        else if ('opened' in message) opened(message.opened);
      });
    });
    return new LightOwnersProcess(child);
  }

  /** Resolves when nobody listens at the port any more. */
  goAway(port: number): Promise<void> {
    return new Promise((gone) => {
      this.child.on('message', (message: FromLightOwners) => {
        if (typeof message === 'object' && 'gone' in message && message.gone === port) gone();
      });
      this.tell({ goAway: port });
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((exited) => this.child.once('exit', exited));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    this.tell('stop');
    await ended;
    clearTimeout(timer);
  }

  private tell(message: ToLightOwners): void {
    this.child.send(message);
  }
}
