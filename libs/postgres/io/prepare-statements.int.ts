import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { createDataSource } from './data-source.js';

let url: string;
let one: DataSource;

/** One connection, so that what one statement leaves behind meets the next. */
async function open(isPlannedAnew?: (statement: string) => boolean): Promise<DataSource> {
  const options = { url, entities: [], migrations: [], poolSize: 1 };
  return createDataSource({ ...options, ...(isPlannedAnew && { isPlannedAnew }) }).initialize();
}

beforeEach(async () => {
  ({ url } = await createTestDatabase('empty'));
  one = await open();
  await one.query('create table thing (id int primary key, name text)');
  await one.query(`insert into thing select n, 'thing ' || n from generate_series(1, 9) n`);
  return () => one.destroy();
});

const EVERYTHING = 'select * from thing where id = $1';
const thing = (database: DataSource, id: number) => database.query<object[]>(EVERYTHING, [id]);
const prepared = (database: DataSource) =>
  database.query<{ statement: string }[]>('select statement from pg_prepared_statements order by statement');

describe('statements that the server prepares once a connection', () => {
  it('are those with parameters, each once, and give what they gave', async () => {
    for (let id = 1; id <= 9; id += 1) expect(await thing(one, id)).toEqual([{ id, name: `thing ${id}` }]);
    await one.query('select 1 as plain');
    expect(await prepared(one)).toEqual([{ statement: EVERYTHING }]);
    await expect(one.query('select $1::int / 0 as none', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(one.query('selekt $1', [1])).rejects.toMatchObject({ code: '42601' });
    expect(await thing(one, 1)).toHaveLength(1);
  });

  it('are not those that are to be planned with their values', async () => {
    const other = await open((statement) => statement.includes('thing'));
    expect(await thing(other, 3)).toEqual([{ id: 3, name: 'thing 3' }]);
    await other.query('select $1::int as number', [1]);
    expect(await prepared(other)).toEqual([{ statement: 'select $1::int as number' }]);
    await other.destroy();
  });

  it('are no more than the server should keep', async () => {
    for (let n = 0; n < 300; n += 1)
      expect(await one.query(`select $1::int + ${n} as sum`, [n])).toEqual([{ sum: n + n }]);
    expect(await prepared(one)).toHaveLength(256);
  });

  it.each([
    {
      what: 'a migration changed the columns',
      lose: 'alter table thing add column colour text',
      gives: { colour: null },
    },
    { what: 'the connection was handed to a server that has none of them', lose: 'deallocate all', gives: {} },
  ])('F16: are run as they are where $what', async ({ lose, gives }) => {
    await thing(one, 1);
    await one.query(lose);
    expect(await thing(one, 1)).toEqual([{ id: 1, name: 'thing 1', ...gives }]);
    expect(await thing(one, 2)).toEqual([{ id: 2, name: 'thing 2', ...gives }]);
  });

  it('F16: fail inside a transaction where a migration changed the columns, which then leaves nothing, and succeed in the next', async () => {
    await thing(one, 1);
    await one.query('alter table thing add column colour text');
    const change = () =>
      one.transaction(async (manager) => {
        await manager.query('update thing set name = $2 where id = $1', [1, 'changed']);
        return manager.query<object[]>(EVERYTHING, [1]);
      });
    await expect(change()).rejects.toMatchObject({ code: '0A000' });
    expect(await thing(one, 1)).toEqual([{ id: 1, name: 'thing 1', colour: null }]);
    expect(await change()).toEqual([{ id: 1, name: 'changed', colour: null }]);
  });
});
