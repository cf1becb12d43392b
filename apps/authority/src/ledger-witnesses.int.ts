import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteKeyFromSeed, parseTlogPolicy } from '#ledger';
import { LOOPBACK_TOO, systemClock, systemRandomness, undiciNetwork } from '#protocol/io';
import { backUp, restore } from '../../../libs/ledger/test/backups.js';
import { createTestDatabase } from '../../../test/support/database.js';
import { startWitness, type RunningWitness } from '../../witness/src/start-witness.js';
import { exampleAuthority, JUNIPER, OR, type ExampleAuthority } from '../test/example-authority.js';
import { createAuthorityApp } from './app.js';
import { AUTHORITY_NODE, authorityNamed, type AuthorityNode } from './authority-node.js';
import { readAuthorityConfig } from './config.js';
import { AUTHORITY_ENTITIES } from './register.store.js';

const key = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(8));
const network = undiciNetwork({ egress: LOOPBACK_TOO });
let example: ExampleAuthority;
let dataSource: DataSource;
let witnessed: DataSource;
let witness: RunningWitness;
let logVkey: string;
const opened: NestFastifyApplication[] = [];

/** Starts the authority over the same database, with the witness at this address. */
async function start(url: string): Promise<AuthorityNode> {
  const policy = join(example.directory, 'witness-policy');
  await writeFile(policy, `log ${logVkey}\nwitness oversight ${key.vkey} ${url}/witness\nquorum oversight\n`);
  const config = await readAuthorityConfig({ ...example.env, COMITY_WITNESS_POLICY: policy });
  const ports = { clock: systemClock, randomness: systemRandomness, network, dataSource };
  const app = await createAuthorityApp(config, ports);
  await app.init();
  opened.push(app);
  return app.get<AuthorityNode>(AUTHORITY_NODE);
}

async function stop(): Promise<void> {
  await Promise.all(opened.splice(0).map((app) => app.close()));
}

/** Something happens, and the witness has cosigned the ledger with it. */
async function suspendAndCosign(node: AuthorityNode, kind: 'suspend' | 'reinstate'): Promise<number> {
  const authority = authorityNamed(node, OR);
  if (!authority) throw new Error('no Oregon');
  const event = await dataSource.transaction((manager) =>
    node.changes[kind]({ manager, authority, at: Date.now(), acts: [] }, JUNIPER, 'a test'),
  );
  await node.ledger.integrated(event.receiptId);
  const { size } = await node.ledger.head();
  await expect
    .poll(async () => (await node.ledger.checkpointWithCosignatures())?.size, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(size);
  return size;
}

beforeAll(async () => {
  example = await exampleAuthority();
  logVkey = (await readAuthorityConfig(example.env)).keys.ledger.vkey;
  ({ dataSource } = await createTestDatabase('authority', { entities: AUTHORITY_ENTITIES }));
  ({ dataSource: witnessed } = await createTestDatabase('ledger'));
  const policy = parseTlogPolicy(`log ${logVkey}\nquorum none\n`);
  const served = { policy, key, host: '127.0.0.1', port: 0, dataSource: witnessed, clock: systemClock };
  witness = await startWitness(served);
});
afterAll(async () => {
  await stop();
  await witness.close();
  await network.close();
});

describe('the ledger of an authority', () => {
  it('is begun by nobody while none of its witnesses answers', async () => {
    await expect(start('http://127.0.0.1:9')).rejects.toMatchObject({
      problems: [expect.stringMatching(/^COMITY_WITNESS_POLICY: none of its witnesses answers/)],
    });
    await stop();
  });

  it('is cosigned by the witnesses of its policy, and served with their cosignatures', async () => {
    const node = await start(witness.url);
    await suspendAndCosign(node, 'suspend');
    expect(await node.ledger.checkpointWithCosignatures()).toMatchObject({ witnesses: ['oversight.example'] });
    const [app] = opened;
    const answer = await app?.inject({ method: 'GET', url: '/ledger/checkpoint' });
    expect(answer?.body).toContain('— oversight.example ');
  });

  it('B10: whose database was restored from a backup does not start: its witness has seen more', async () => {
    const node = authorityOf(opened[0]);
    await backUp(dataSource, 'yesterday');
    const { size: foundSize } = await node.ledger.head();
    await suspendAndCosign(node, 'reinstate');
    await stop();
    await backUp(dataSource, 'today');
    await restore(dataSource, 'yesterday');
    await expect(start(witness.url)).rejects.toMatchObject({ code: 'history_rewritten', evidence: { foundSize } });
    await restore(dataSource, 'today');
    await start(witness.url);
  });

  it('goes on signing nothing at a later start where no witness answers, and health says so', async () => {
    await stop();
    const node = await start('http://127.0.0.1:9');
    expect(node.ledger.signs).toBe(false);
    const answer = await opened[0]?.inject({ method: 'GET', url: '/health' });
    expect([answer?.statusCode, answer?.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })]);
  });
});

function authorityOf(app: NestFastifyApplication | undefined): AuthorityNode {
  if (!app) throw new Error('it does not run');
  return app.get<AuthorityNode>(AUTHORITY_NODE);
}
