import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { databaseIsAway } from './database-is-away.js';
import { describeDatabaseError } from './describe-database-error.js';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('a database error', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'ETIMEDOUT',
    '08006',
    '53100',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '57014',
    '25006',
    '55000',
    '26000',
  ])('with code %s means that the database is away', (code) => {
    expect(databaseIsAway(withCode(code))).toBe(true);
    expect(databaseIsAway(new QueryFailedError('select 1', [], withCode(code)))).toBe(true);
    expect(databaseIsAway(new Error('outer', { cause: withCode(code) }))).toBe(true);
    expect(databaseIsAway(new AggregateError([withCode(code)]))).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
  ])('that says only `%s` means that the database is away', (message) => {
    expect(databaseIsAway(new Error(message))).toBe(true);
  });

  it('F16: whose plan was outdated by a migration may be tried again, and one that asks for the impossible may not', () => {
    expect(databaseIsAway(withCode('0A000', 'cached plan must not change result type'))).toBe(true);
    expect(databaseIsAway(withCode('0A000', 'cross-database references are not implemented'))).toBe(false);
  });

  it.each(['23505', '22P02', '42P01', '40001', '40P01', '28P01'])('with code %s is no sign of absence', (code) => {
    expect(databaseIsAway(withCode(code))).toBe(false);
  });

  it('of any other kind, or in a circle of causes, is no sign of absence', () => {
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    for (const other of [undefined, null, 'ECONNREFUSED', 7, new Error('no'), circle]) {
      expect(databaseIsAway(other)).toBe(false);
    }
  });
});

describe('the description of a database error', () => {
  it('W14: holds codes and names and no value, parameter or text', () => {
    const driverError = Object.assign(new Error('invalid input "ZZZ999X"'), {
      code: '23505',
      table: 'read',
      constraint: 'read_pkey',
      column: 'a column ZZZ999X',
      detail: 'Key (plate)=(ZZZ999X) already exists.',
    });
    const error = new QueryFailedError("insert into read values ('ZZZ999X')", ['ZZZ999X'], driverError);
    expect(describeDatabaseError(error)).toBe('database error, code `23505`, table `read`, constraint `read_pkey`');
    expect(describeDatabaseError('ZZZ999X')).toBe('database error');
  });
});
