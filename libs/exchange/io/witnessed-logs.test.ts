import { describe, expect, test } from 'vitest';
import { LedgerError } from '#ledger';
import { witnessedLogs } from './index.js';

const BROKER = 'https://broker.example';
const OWN = 'https://agency.example';
const published = [
  { entityId: BROKER, origin: 'broker.example/ledger', vkey: 'of the broker' },
  { entityId: OWN, origin: 'agency.example/ledger', vkey: 'of the agency' },
];

function logsWhere(meet: () => Promise<void>) {
  const directory = {
    ledgers: () => published,
    chainFor: (entityId: string) => ({
      entityId,
      metadata: { endpoint: entityId, ledger: { origin: 'broker.example/ledger', vkey: 'of the broker' } },
      protocolKeys: { signing: new Map() },
    }),
  };
  const node = { directory, follower: { meet }, entityId: OWN };
  return witnessedLogs(node as unknown as Parameters<typeof witnessedLogs>[0]);
}

describe('the logs that an agency cosigns', () => {
  test('are those of enrolled nodes that it has met, and never its own', async () => {
    const logs = logsWhere(() => Promise.resolve());
    expect(await logs.get('broker.example/ledger')).toMatchObject({ vkey: 'of the broker' });
    expect(await logs.get('agency.example/ledger')).toBeUndefined();
    expect(await logs.get('nobody.example/ledger')).toBeUndefined();
  });

  test('B04: hold no log of which nobody else has seen a beginning, whoever brings its checkpoint', async () => {
    const logs = logsWhere(() => Promise.reject(new LedgerError('first_contact_unwitnessed', 'nobody has seen it')));
    expect(await logs.get('broker.example/ledger')).toBeUndefined();
  });

  test('do not hide a failure of the node’s own', async () => {
    const logs = logsWhere(() => Promise.reject(new TypeError('a mistake')));
    await expect(logs.get('broker.example/ledger')).rejects.toThrow('a mistake');
  });
});
