import { EventEmitter } from 'node:events';
import { Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { createDataSource, runMigrations } from '#postgres/io';
import { migrations } from '../../../migrations/agency/index.js';

/** What one owner alone writes and reads. Everything else, the store of reads first of all, is one for all of them. */
const OWN_TABLES = [
  'log_state',
  'log_batch',
  'log_tile',
  'log_checkpoint',
  'log_pending',
  'receipt_index',
  'cosignature',
  'seen_checkpoint',
  'split_view',
  'side_record_sealing',
  'rule_version',
  'encryption_key',
  'incoming_request',
  'approval_use',
  'approval_page',
  'budget_use',
  'warrant_use',
  'duty_owed_here',
  'duty_fulfilled',
  'release_basis',
  'release_mark',
];
const APPEND_ONLY = ['log_batch', 'log_tile', 'log_checkpoint'];
/** A connection keeps what it learned of every table it has met: an owner stays with the few connections of one pool. */
const POOLS = 6;
const CONNECTIONS = 4;

type Connected = (error: Error | undefined, client?: PoolClient, release?: (error?: Error | boolean) => void) => void;

/** One database for many owners: the tables of an agency once, and a schema with the tables of its own for each owner. */
export class SharedDatabase {
  private readonly pools: readonly Pool[];

  private constructor(
    /** The tables that all owners share. */
    readonly shared: DataSource,
    url: string,
  ) {
    this.pools = Array.from({ length: POOLS }, () => {
      const pool = new Pool({ connectionString: url, max: CONNECTIONS, application_name: 'comity light owners' });
      pool.on('error', () => undefined);
      return pool;
    });
  }

  static async open(url: string): Promise<SharedDatabase> {
    const shared = await createDataSource({ url, entities: [], migrations, poolSize: 4 }).initialize();
    await runMigrations(shared);
    return new SharedDatabase(shared, url);
  }

  /** Makes the `nth` owner's tables, and opens them to the code of a node as if they were a database of its own. */
  async ownedBy(nth: number): Promise<DataSource> {
    const schema = `owner_${nth}`;
    const tables = OWN_TABLES.map((table) => `create table ${schema}.${table} (like public.${table} including all);`);
    // What `like` leaves out: the log of a light owner is as append-only as any.
    const triggers = APPEND_ONLY.map(
      (table) => `create trigger ${table}_is_append_only before update or delete or truncate on ${schema}.${table}
        for each statement execute function refuse_change_of_log();`,
    );
    await this.shared.query(`create schema ${schema}; ${tables.join('\n')} ${triggers.join('\n')}`);
    const pool = this.pools[nth % POOLS];
    if (pool === undefined) throw new TypeError('there is a pool for every owner');
    return new DataSource({
      type: 'postgres',
      driver: { Pool: poolOf(pool, schema) },
      entities: [],
      invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
      logging: false,
    }).initialize();
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.end()));
    await this.shared.destroy();
  }
}

/** What TypeORM takes for a pool of its own: the shared one, with every connection turned to the owner's schema first. */
function poolOf(pool: Pool, schema: string) {
  return class SchemaPool extends EventEmitter {
    connect(connected: Connected): void {
      turnedTo(schema, pool).then(
        (client) => connected(undefined, client, (error) => client.release(error)),
        (error: unknown) => connected(error instanceof Error ? error : new Error('no connection')),
      );
    }

    end(ended: (error?: Error) => void): void {
      ended();
    }
  };
}

async function turnedTo(schema: string, pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  try {
    await client.query(`set search_path to ${schema}, public`);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
