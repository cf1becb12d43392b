import { createServer } from 'node:net';

// Below the ports that a system gives to outgoing connections (from 32,768 on Linux): one of those may be free now and taken by
// some client before its server listens.
const FIRST = 12_000;
const COUNT = 20_000;
/** Processes that look at the same time begin at different places. */
let next = (process.pid * 7_919) % COUNT;

/**
 * Ports of 127.0.0.1 on which nobody listens. None is given twice by one process, so that parties which are added to a federation
 * later do not get the port of one that has not started yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried > COUNT) throw new Error('no free port left');
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
