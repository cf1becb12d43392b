import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Transactions that an open hold concerns: what opens their receipts is kept until it ends. */
export class HeldTransactions1796460000000 implements MigrationInterface {
  name = 'HeldTransactions1796460000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table held_transaction (
        hold text not null references preservation_hold (id),
        txn text not null,
        primary key (hold, txn)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table held_transaction');
  }
}
