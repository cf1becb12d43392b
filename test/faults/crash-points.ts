import { writeSync } from 'node:fs';
import { Client } from 'pg';
import type { Network } from '#protocol';
import { DurableWrites } from './durable-writes.js';

/**
 * The places where a party may die, in the order in which it comes to them: around each call that leaves it, and around
 * each write that lasts (a COMMIT, or one statement by itself). `before` nothing has left, `during` it has left and no
 * answer was seen, `after` the answer is here and nothing was done with it. What happens between two of them is not seen
 * by anybody, and lost with the process.
 *
 * It wraps the network port and `pg`'s own client from outside: the shipped code knows nothing of it.
 */
export class CrashPoints {
  #target: string | undefined;
  readonly #passed = new Map<string, number>();
  readonly #writes = new DurableWrites();

  /** Counts from here on, and dies at `target` if one is named. */
  arm(target: string | undefined): void {
    this.#passed.clear();
    this.#target = target;
  }

  /** Notes what happens, for the test to count; never a place to die. */
  note(what: string): void {
    writeSync(1, `note ${what}\n`);
  }

  pass(point: string): void {
    const times = (this.#passed.get(point) ?? 0) + 1;
    this.#passed.set(point, times);
    const name = times === 1 ? point : `${point} (${times})`;
    writeSync(1, `point ${name}\n`);
    if (name === this.#target) process.kill(process.pid, 'SIGKILL');
  }

  network(inner: Network): Network {
    return {
      request: async (request) => {
        const call = callName(request.method, request.url);
        if (call === undefined) return inner.request(request);
        this.pass(`before ${call}`);
        let left = false;
        const leaves = () => {
          if (!left) this.pass(`during ${call}`);
          left = true;
        };
        const answered = inner.request(request);
        // Long enough for the bytes to leave; an answer that is faster has not been seen by anybody yet.
        const leaving = setTimeout(leaves, LEAVING_MS);
        try {
          return await answered;
        } finally {
          clearTimeout(leaving);
          leaves();
          this.pass(`after ${call}`);
        }
      },
    };
  }

  /** From now on every statement of this process is seen. */
  watchDatabase(): void {
    const query = Reflect.get(Client.prototype, 'query') as (...parameters: unknown[]) => unknown;
    const watched = new Proxy(query, {
      apply: (target, client: object, parameters: unknown[]) =>
        this.#around(parameters[0], client, () => Reflect.apply(target, client, parameters)),
    });
    Object.defineProperty(Client.prototype, 'query', { value: watched, writable: true, configurable: true });
  }

  #around(statement: unknown, client: object, send: () => unknown): unknown {
    const text = textOf(statement);
    if (text === undefined) return send();
    if (/\bfrom plate_read r\b/.test(text)) this.note('search');
    const write = this.#writes.read(text, client);
    if (write === undefined) return send();
    if (!write.polled) this.pass(`before ${write.name}`);
    const answered = send();
    if (!write.polled) this.pass(`during ${write.name}`);
    return after(answered, (rows) => {
      if (!write.polled || rows > 0) this.pass(`after ${write.name}`);
    });
  }
}

/** Of a statement as it is, or prepared by name. */
function textOf(statement: unknown): string | undefined {
  const text: unknown =
    typeof statement === 'object' && statement !== null ? Reflect.get(statement, 'text') : statement;
  return typeof text === 'string' ? text : undefined;
}

const LEAVING_MS = 8;

/** Calls of an exchange; the look at the federation and at witnesses in the background has no end to be in the middle of. */
function callName(method: string, url: string): string | undefined {
  const { pathname } = new URL(url);
  const known = ['/requests', '/grants', '/release-notices', '/rule'];
  return known.includes(pathname) || pathname.startsWith('/ledger/') ? `${method} ${pathname}` : undefined;
}

function after(answered: unknown, then: (rows: number) => void): unknown {
  if (!(answered instanceof Promise)) return answered;
  return answered.then((result: { rowCount?: number | null }) => {
    then(result.rowCount ?? 0);
    return result;
  });
}
