import { beforeEach, describe, expect, it } from 'vitest';
import { append, draft, newLedger, noteKey, useLedgers } from '../../../../libs/ledger/test/ledgers.js';
import { FakeCli } from '../../test/fake-cli.js';

useLedgers();
let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

const fsck = () => cli.run(['ledger', 'fsck', '--database', '--vkey', noteKey.vkey, '--json']);

describe('comity ledger fsck over the database', () => {
  it('B09: passes what was written, and names the first entry that somebody changed, with triggers switched off', async () => {
    const { ledger, database } = await newLedger();
    for (const id of ['r0', 'r1', 'r2']) {
      await append(ledger, database.dataSource, draft(id));
      await ledger.integrated(id);
    }
    cli.environment['DATABASE_URL'] = database.url;
    expect(JSON.parse((await fsck()).out)).toMatchObject({ size: 3, verdict: 'verified' });
    await database.dataSource.transaction(async (manager) => {
      await manager.query(`set local session_replication_role = replica`);
      await manager.query(
        `update log_batch set bundle = set_byte(bundle, 40, get_byte(bundle, 40) # 1) where first = 1`,
      );
    });
    const { exit, out } = await fsck();
    expect(exit).toBe(6);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'broken', problems: [{ code: 'database_doubtful', index: 1 }] });
  });

  it('says what it needs', async () => {
    expect((await fsck()).exit).toBe(2);
  });
});
