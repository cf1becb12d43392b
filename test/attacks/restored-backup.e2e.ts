import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#postgres/io';
import { backUp, restore } from '../../libs/ledger/test/backups.js';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { askAndApprove } from './held-exchange.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
let federation: TestFederation;

/** Connections of nobody's process: the operator's own. */
let operator: DataSource;

async function exchange(): Promise<void> {
  const people = federation.people(REQUESTER);
  await people.outcome(await askAndApprove(people, statementFor(federation, [OWNER], { plate: 'ORE123' })));
}

const stored = async () => operator.query<{ size: string }[]>('select size from log_state');

beforeAll(async () => {
  federation = await startFederation({ start: [OWNER, REQUESTER] });
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123')]);
  operator = createDataSource({
    url: federation.laidOut.environments.broker['DATABASE_URL'] ?? '',
    entities: [],
    migrations: [],
    poolSize: 2,
  });
  await operator.initialize();
});
afterAll(async () => {
  await operator.destroy();
  await federation.close();
});

describe('B10: a database that was restored from an old backup', () => {
  test('its node refuses to start, because the agencies have cosigned more, and appends nothing', async () => {
    await exchange();
    await backUp(operator, 'yesterday');
    const { size: foundSize } = await federation.broker.node.ledger.head();
    await exchange();
    await federation.broker.close();
    await backUp(operator, 'today');
    await restore(operator, 'yesterday');
    for (let start = 0; start < 2; start += 1) {
      await expect(federation.restartBroker()).rejects.toMatchObject({
        code: 'history_rewritten',
        evidence: { foundSize },
      });
    }
    expect(await stored()).toEqual([{ size: String(foundSize) }]);
  });

  test('with what was lost put back it starts again, and the log goes on', async () => {
    await restore(operator, 'today');
    const [{ size } = { size: '' }] = await stored();
    await federation.restartBroker();
    await exchange();
    expect(Number((await stored())[0]?.size)).toBeGreaterThan(Number(size));
  });
});
