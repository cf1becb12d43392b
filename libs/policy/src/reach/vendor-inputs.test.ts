import { describe, expect, it } from 'vitest';
import { agreementRow, registerRow } from '../../test/vendor-sources.js';
import { PolicyError } from '../policy-error.js';
import { readAgreements, readRegisteredAgencies } from './agency-lists.js';
import { parseReviewedNames } from './reviewed-names.js';
import { parseSharingGraph } from './sharing-graph.js';

const problemsOf = (act: () => unknown): string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof PolicyError)
      return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
  }
  return [];
};

describe('a malformed input is refused with what is wrong and where', () => {
  it.each([
    ['a list for the graph', [], 'graph: one object is expected'],
    ['no organisations', { outbound: {} }, 'graph.organisations: is missing'],
    [
      'a place that does not exist',
      { organisations: ['A'], outbound: { a: [1] } },
      'outbound.`a`[0]: a whole number from 0 to 0 is expected',
    ],
    [
      'a place that is no number',
      { organisations: ['A'], outbound: { a: ['0'] } },
      'outbound.`a`[0]: a whole number from 0 to 0 is expected',
    ],
    [
      'a place named twice',
      { organisations: ['A', 'B'], outbound: { a: [1, 1] } },
      'outbound.`a`[1]: the place 1 stands twice',
    ],
    [
      'an organisation named twice',
      { organisations: ['A', 'A'], outbound: {} },
      'organisations[1]: `A` is named twice',
    ],
    [
      'a name with a direction mark in it',
      { organisations: ['A\u202eB'], outbound: {} },
      'organisations[0]: one line of 1 to 300 printable characters is expected',
    ],
    ['null for places', { organisations: ['A'], outbound: { a: null } }, 'outbound.`a`: a list is expected'],
    ['a list for outbound', { organisations: ['A'], outbound: [[0]] }, 'outbound: one object is expected'],
    [
      'a member that nobody knows',
      { organisations: ['A'], outbound: {}, inbound: {} },
      'graph: unknown member `inbound`',
    ],
  ])('%s', (_what, document, problem) => {
    expect(problemsOf(() => parseSharingGraph(document as never))).toEqual(
      expect.arrayContaining(['reach_malformed', problem]),
    );
  });

  it.each([
    ['no rows', [], 'table: it has no rows'],
    ['a column that is missing', [{ slug: 'a' }], 'header: the column `flock_names` is missing'],
    ['an id without a name', [{ ...registerRow(''), slug: 'a' }], 'row 2: `flock_names` is empty'],
    ['a state that is none', [registerRow('A', { state: 'ZZ' })], 'row 2: `state` `ZZ` is no state'],
  ])('the register: %s', (_what, rows, problem) => {
    expect(problemsOf(() => readRegisteredAgencies(rows))).toEqual(
      expect.arrayContaining(['reach_malformed', problem]),
    );
  });

  it.each([
    [
      'a model that nobody knows',
      agreementRow(['TEXAS', 'A', 'Street Model']),
      'row 2: `SUPPORT TYPE` `Street Model` is no model',
    ],
    ['a state that is none', agreementRow(['TEXA', 'A', 'Task Force Model']), 'row 2: `STATE` `TEXA` is no state'],
    ['no agency', agreementRow(['TEXAS', ' ', 'Task Force Model']), 'row 2: `LAW ENFORCEMENT AGENCY` is empty'],
    [
      'a model named as a member of every object',
      agreementRow(['TEXAS', 'A', 'constructor']),
      'row 2: `SUPPORT TYPE` `constructor` is no model',
    ],
  ])('the published list: %s', (_what, row, problem) => {
    expect(problemsOf(() => readAgreements([row]))).toEqual(['reach_malformed', problem]);
  });

  it('takes the published list with the spaces and typographic marks it has', () => {
    const row = {
      STATE: ' TEXAS',
      'LAW ENFORCEMENT AGENCY': 'Victoria County Sheriff’s Office ',
      'SUPPORT TYPE': 'Warrant Service Officer ',
      SIGNED: 'link pending',
    };
    expect(readAgreements([row])).toEqual([
      { state: 'TX', agency: 'Victoria County Sheriff’s Office', model: 'warrant-service-officer' },
    ]);
  });

  it('settled names: without a reason, or of a class that nobody knows', () => {
    const file = {
      schema: 'comity-reviewed-names/v1',
      reviewed_by: 'x',
      reviewed_on: '2026-11-22',
      agreements: [{ state: 'TX', agency: 'A', organisation: null }],
      classes: [{ organisation: 'B', classes: ['spy'], why: 'x' }],
    };
    expect(problemsOf(() => parseReviewedNames(file))).toEqual([
      'reach_malformed',
      'agreements[0].why: is missing',
      'classes[0].classes[0]: unknown value `spy`',
    ]);
  });
});
