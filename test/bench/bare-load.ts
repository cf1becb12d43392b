import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CompactSign } from 'jose';
import type { SigningKey } from '#protocol';
import { generateSigningKey, LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { ownTimeOf } from './cpu-time.js';
import { spreadOf, type Spread } from './percentile.js';

export interface BareLevel {
  readonly concurrency: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: Spread;
  /** Of proxy and backend together, per call. Milliseconds. */
  readonly cpuMs: number;
}

/** About the size of a request on its way to the broker. */
const BODY = JSON.stringify({ request: 'x'.repeat(14_000), log_size: 0 });
const LIFETIME_SECONDS = 3_600;

/** The same client, the same concurrency, and two processes that verify one JWT and pass the body on. */
export async function loadBareProxy(
  levels: readonly number[],
  seconds: number,
  say: (line: string) => void,
): Promise<BareLevel[]> {
  const key = await generateSigningKey();
  const backend = await startBare(['backend']);
  const proxy = await startBare(['proxy', backend.url, JSON.stringify(key.publicJwk)]);
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  const call = {
    method: 'POST',
    url: `${proxy.url}/requests`,
    headers: { authorization: `Bearer ${await tokenFor(key)}`, 'content-type': 'application/json' },
    body: BODY,
    timeoutMs: 10_000,
    maxBytes: 64 * 1024,
  } as const;
  const once200 = async () => {
    const { status } = await network.request(call);
    if (status !== 200) throw new Error(`the bare proxy answered ${status}`);
  };
  const cpu = () => ownTimeOf(proxy.pid) + ownTimeOf(backend.pid);
  try {
    await loadCalls(once200, 4, 1);
    const measured: BareLevel[] = [];
    for (const concurrency of levels) {
      say(`bare proxy: ${concurrency} at once`);
      const before = cpu();
      const { perSecond, latency } = await loadCalls(once200, concurrency, seconds);
      measured.push({ concurrency, perSecond, latency, cpuMs: (cpu() - before) / latency.count });
    }
    return measured;
  } finally {
    await network.close();
    for (const { child } of [proxy, backend]) child.kill('SIGTERM');
  }
}

async function loadCalls(call: () => Promise<void>, concurrency: number, seconds: number) {
  const taken: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const sent = performance.now();
      await call();
      taken.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return { perSecond: taken.length / ((performance.now() - started) / 1_000), latency: spreadOf(taken) };
}

/** One token for all calls: the client is not what is measured. */
function tokenFor({ kid, alg, privateKey }: SigningKey): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { iss: 'https://node.example', aud: 'bare-proxy', iat, exp: iat + LIFETIME_SECONDS };
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg, kid }).sign(privateKey);
}

async function startBare(args: readonly string[]): Promise<{ url: string; pid: number; child: ChildProcess }> {
  const script = fileURLToPath(new URL('bare-party.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.pid === undefined) throw new Error('the bare proxy did not start');
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url, pid: child.pid, child };
}
