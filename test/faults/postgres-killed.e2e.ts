import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#postgres/io';
import { clusterFiles } from '../../libs/postgres/io/cluster.js';
import { runningServer } from '../../libs/postgres/io/server-process.js';
import { faultsOfEnd, settled } from './end-state.js';
import { ROLES, askUntilEnded, environmentOf, nextCase, type Role } from './exchange-under-test.js';
import { faultsOfLedgers } from './ledger-history.js';
import { startThreeTogether, type ThreeTogether } from './three-together.js';

const EVERY = process.env['COMITY_CRASH_POINTS'] === 'all';

/** Calls of an exchange around which the server dies. */
const CALLS: readonly (readonly [Role, string])[] = [
  ['requester', 'POST /requests'],
  ['broker', 'POST /grants'],
  ['owner', 'POST /release-notices'],
];

let dataDirectory: string;
let server: EmbeddedPostgres;
let three: ThreeTogether;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'comity-killed-'));
  server = await startEmbeddedPostgres({ dataDirectory });
  three = await startThreeTogether({ databaseUrl: (party) => server.createDatabase(party.replaceAll('-', '_')) });
});

afterAll(async () => {
  await three.close();
  await server.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});

describe('F01: the PostgreSQL server of all parties is killed with SIGKILL', () => {
  const moments = CALLS.flatMap(([role, call]) => (['before', 'after'] as const).map((when) => ({ role, call, when })));
  const swept = EVERY ? moments : moments.filter(({ when, call }) => (when === 'before') === (call !== 'POST /grants'));

  test.each(swept)(
    '$when $call of the $role: every party carries on with what was acknowledged, and comes to one end state',
    async ({ role, call, when }) => {
      const { port } = server;
      let killed = false;
      three.meddle(role, async (sent, send) => {
        if (sent !== call || killed) return send();
        killed = true;
        if (when === 'before') await killServer();
        try {
          return await send();
        } finally {
          if (when === 'after') await killServer();
        }
      });
      const caseNumber = nextCase();
      const ended = askUntilEnded(three, caseNumber, { withinMs: 90_000 });
      await expect.poll(() => killed, { timeout: 30_000 }).toBe(true);
      await expect.poll(() => runningServer(clusterFiles(dataDirectory).cluster), { timeout: 10_000 }).toBeUndefined();
      server = await startEmbeddedPostgres({ dataDirectory, port });
      await ended;
      expect(faultsOfEnd(await settled(three, caseNumber), 'reads')).toEqual([]);
    },
    120_000,
  );

  test('every ledger is the one history that others saw, entry by entry', async () => {
    const parties = ROLES.map((role) => ({
      party: role,
      database: three.database[role],
      environment: environmentOf(three.federation, role),
    }));
    expect(await faultsOfLedgers(parties)).toEqual([]);
  });
});

async function killServer(): Promise<void> {
  const found = await runningServer(clusterFiles(dataDirectory).cluster);
  if (found !== undefined) process.kill(found.pid, 'SIGKILL');
}
