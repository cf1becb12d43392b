import { describe, expect, it } from 'vitest';
import { networkOf, registerRow } from '../../test/vendor-sources.js';
import { PolicyError } from '../policy-error.js';
import { readRegisteredAgencies } from './agency-lists.js';
import { findOwner } from './vendor-network.js';

const problemsOf = (act: () => unknown): string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof PolicyError)
      return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
  }
  return [];
};

describe('a name that could not be settled is listed and never dropped', () => {
  const network = networkOf({
    shares: { 'Alder CA PD': ['Rice Lake WI PD', 'Butler County OH SO', 'Quiet Harbor'] },
    others: ['Cocoa Beach FL PD', 'Hoffman Estates IL PD'],
    register: {
      'Alder CA PD': { state: 'CA' },
      'Rice Lake WI PD': { state: 'WI', type: 'federal', tags: 'federal' },
      'Butler County OH SO': { state: 'OH', role: 'sheriff' },
      'Cocoa Beach FL PD': { state: 'FL' },
      'Hoffman Estates IL PD': { state: 'IL', role: 'hoa', type: 'community', tags: 'private' },
    },
    agreements: [
      ['OHIO', 'Butler County Detention Center', 'Jail Enforcement Model'],
      ['FLORIDA', 'Cocoa Police Department', 'Task Force Model'],
      ['TEXAS', 'Nowhere Police Department', 'Task Force Model'],
    ],
  });

  it('an agency of the published list: with the organisations that come near', () => {
    expect(network.unsettled.agreements).toEqual([
      {
        state: 'OH',
        agency: 'Butler County Detention Center',
        models: ['jail-enforcement-model'],
        why: 'alike',
        possible: ['Butler County OH SO'],
      },
      {
        state: 'FL',
        agency: 'Cocoa Police Department',
        models: ['task-force-model'],
        why: 'alike',
        possible: ['Cocoa Beach FL PD'],
      },
      {
        state: 'TX',
        agency: 'Nowhere Police Department',
        models: ['task-force-model'],
        why: 'nothing_alike',
        possible: [],
      },
    ]);
    expect(network.organisations.every(({ agreements }) => agreements.length === 0)).toBe(true);
  });

  it('a class that the register has from a syllable, and an organisation without a state', () => {
    expect(network.unsettled.doubts).toEqual([
      { organisation: 'Rice Lake WI PD', doubt: 'the register says `federal`, the name does not' },
      { organisation: 'Hoffman Estates IL PD', doubt: 'the register says `private`, the name says police' },
    ]);
    expect(network.organisations.map(({ classes }) => classes)).toEqual([[], [], [], [], [], []]);
    expect(network.unsettled.withoutState).toEqual(['Quiet Harbor']);
  });

  it('a class from capitals that stand alone, and from no word that contains them', () => {
    const names = ['JUSTICE IL POLICE', 'RICE LAKE WI PD', 'ERO', 'HSI Special Agent', 'FBI - Chicago', 'ATFIELD PD'];
    const { organisations } = networkOf({ shares: {}, others: names });
    expect(organisations.map(({ classes }) => classes)).toEqual([
      [],
      [],
      ['federal', 'immigration'],
      ['federal', 'immigration'],
      ['federal'],
      [],
    ]);
  });

  it('an agreement of a name that two organisations have', () => {
    const twice = networkOf({
      shares: {},
      others: ['Glendale CA PD', 'Glendale PD CA (Condor)'],
      register: { 'Glendale CA PD': { state: 'CA' }, 'Glendale PD CA (Condor)': { state: 'CA' } },
      agreements: [['CALIFORNIA', 'Glendale Police Department', 'Task Force Model']],
    });
    expect(twice.unsettled.agreements).toMatchObject([
      { why: 'several', possible: ['Glendale CA PD', 'Glendale PD CA (Condor)'] },
    ]);
  });

  it('but one that only a closed account shares with a living one is no riddle', () => {
    const closed = networkOf({
      shares: {},
      others: ['Flagstaff AZ PD [Inactive]', 'Flagstaff AZ PD'],
      register: { 'Flagstaff AZ PD [Inactive]': { state: 'AZ' }, 'Flagstaff AZ PD': { state: 'AZ' } },
      agreements: [['ARIZONA', 'Flagstaff Police Department', 'Task Force Model']],
    });
    expect(closed.unsettled.agreements).toEqual([]);
    expect(closed.organisations.map(({ agreements }) => agreements.length)).toEqual([0, 1]);
  });

  it('an owner and an organisation that the register lacks, and a row of it that names nobody', () => {
    const network = readRegisteredAgencies([
      registerRow('Alder CA PD'),
      { ...registerRow(''), slug: '', geo_name: 'Olympia', state: 'WA' },
    ]);
    expect(network.withoutName).toEqual(['Olympia, WA']);
    expect(network.agencies).toHaveLength(1);
  });
});

function settle(organisation: string | null, agency = 'Missouri Highway Patrol') {
  return networkOf({
    shares: { 'Alder CA PD': ['Missouri State Highway Patrol', 'NCMEC'] },
    register: { 'Missouri State Highway Patrol': { state: 'MO', role: 'other' }, 'Alder CA PD': { state: 'CA' } },
    agreements: [['MISSOURI', 'Missouri Highway Patrol', 'Task Force Model']],
    names: {
      agreements: [{ state: 'MO', agency, organisation, why: 'one body, two names' }],
      classes: [{ organisation: 'NCMEC', classes: ['private'], why: 'a non-profit corporation' }],
    },
  });
}

describe('what a person settled', () => {
  it('joins two names, and gives a class', () => {
    const network = settle('Missouri State Highway Patrol');
    expect(network.organisations.map(({ agreements }) => agreements.length)).toEqual([0, 1, 0]);
    expect(network.unsettled.agreements).toEqual([]);
    expect(network.organisations[2]?.classes).toEqual(['private']);
  });

  it('says that a name was looked for and is none of the organisations', () => {
    expect(settle(null).unsettled.agreements).toEqual([]);
    expect(settle(null).organisations.every(({ agreements }) => agreements.length === 0)).toBe(true);
  });

  it('is itself listed where it names nothing that is there', () => {
    expect(settle('Missouri Patrol').unsettled).toMatchObject({
      reviewedInVain: ['Missouri Highway Patrol, MO'],
      agreements: [{ agency: 'Missouri Highway Patrol' }],
    });
    expect(settle(null, 'Missouri Road Patrol').unsettled.reviewedInVain).toEqual(['Missouri Road Patrol, MO']);
  });
});

describe('an owner is found', () => {
  const network = networkOf({ shares: { 'Alder CA PD': ['Birch CA PD'] } });

  it('by its id and by its name', () => {
    expect(findOwner(network, 'alder-ca-pd')).toBe(0);
    expect(findOwner(network, 'birch ca pd')).toBe(1);
  });

  it('or refused, with owners whose names come near', () => {
    expect(problemsOf(() => findOwner(network, 'City of Alder'))).toEqual([
      'owner_unknown',
      'owner: no organisation is called `City of Alder`; alike: `alder-ca-pd`',
    ]);
    expect(problemsOf(() => findOwner(network, '__proto__'))[0]).toBe('owner_unknown');
  });
});
