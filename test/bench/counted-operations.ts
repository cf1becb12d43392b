// node --import counted-operations.js?directory=DIR: counts what a party does, and writes the counts at SIGWINCH.
// Counting adds one increment to each call; nothing is changed or skipped.
import crypto from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { Client } from 'pg';

const directory = new URL(import.meta.url).searchParams.get('directory');
const party = process.env['OTEL_SERVICE_NAME'] ?? 'unknown';
const counts: Record<string, number> = {};

function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

type Callable = (...args: never[]) => unknown;

/** Puts a counting function in the place of `target[method]`. */
function wrap(target: object, method: string, nameOf: (first: unknown) => string): void {
  const original = Reflect.get(target, method) as Callable;
  Reflect.set(target, method, function counted(this: unknown, ...args: never[]) {
    count(nameOf(args[0]));
    return original.apply(this, args);
  });
}

function algorithmOf(first: unknown): string {
  if (typeof first === 'string') return first;
  const name: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'name') : undefined;
  return typeof name === 'string' ? name : 'unknown';
}

const subtle: object = Object.getPrototypeOf(crypto.webcrypto.subtle) as object;
for (const method of ['sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'generateKey']) {
  wrap(subtle, method, (first) => `${method} ${algorithmOf(first)}`);
}
wrap(subtle, 'importKey', () => 'importKey');
for (const method of ['sign', 'verify']) wrap(crypto, method, () => `note ${method}`);
syncBuiltinESMExports();
wrap(Client.prototype, 'query', () => 'sql');
subscribe('undici:request:create', () => count('http'));

if (directory !== null) {
  const path = join(directory, `${party}.json`);
  // Not SIGUSR2: Nest counts that one among the signals to shut down at.
  process.on('SIGWINCH', () => {
    writeFileSync(`${path}.new`, JSON.stringify(counts));
    renameSync(`${path}.new`, path);
  });
}
