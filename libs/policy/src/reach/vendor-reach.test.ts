import { describe, expect, it } from 'vitest';
import { changesOf, doorsOf, networkOf, waysOf } from '../../test/vendor-sources.js';

const STATES = {
  'Alder CA PD': { state: 'CA' },
  'Birch CA PD': { state: 'CA' },
  'Cedar County FL SO': { state: 'FL', role: 'sheriff', type: 'county' },
  'Dogwood FL PD': { state: 'FL' },
};
const CEDAR = ['FLORIDA', "Cedar County Sheriff's Office", 'Task Force Model'] as const;

describe('a way to bodies that enforce immigration law', () => {
  it('leads through an agency that signed a 287(g) agreement, and names list, model and day', () => {
    const network = networkOf({
      shares: { 'Alder CA PD': ['Cedar County FL SO', 'Birch CA PD'] },
      register: STATES,
      agreements: [CEDAR],
    });
    const doors = doorsOf(network, 'Alder CA PD', 'immigration');
    expect(waysOf(doors)).toEqual(['direct: Cedar County FL SO, agreement-287g: federal immigration authority']);
    const step = doors.graph.steps.find(({ kind }) => kind === 'agreement-287g');
    expect(step).toMatchObject({
      certainty: 'stated',
      openedBy: 'Cedar County FL SO is on the published list: task-force-model, signed 2025-07-02',
      source: '8 U.S.C. 1357(g)',
    });
    expect(changesOf(doors)).toEqual(['stop sharing with Cedar County FL SO']);
    expect(doors.counts).toMatchObject({ ways: 1, stated: 1 });
  });

  it('leads through one more hand, which nothing states and nothing excludes', () => {
    const network = networkOf({
      shares: { 'Alder CA PD': ['Birch CA PD'], 'Birch CA PD': ['Cedar County FL SO'] },
      register: STATES,
      agreements: [CEDAR],
    });
    const doors = doorsOf(network, 'Alder CA PD', 'immigration');
    expect(waysOf(doors)).toEqual([
      'direct: Birch CA PD, onward: Cedar County FL SO, agreement-287g: federal immigration authority',
    ]);
    expect(doors.listed[0]?.certainty).toBe('not_excluded');
    expect(doors.counts).toMatchObject({ ways: 1, stated: 0 });
    expect(doorsOf(network, 'Alder CA PD', 'immigration', { onward: 0 }).reached).toEqual([]);
  });

  it('leads over any number of hands where that is asked for, circles included', () => {
    const network = networkOf({
      shares: {
        'Alder CA PD': ['Birch CA PD'],
        'Birch CA PD': ['Elm CA PD', 'Alder CA PD'],
        'Elm CA PD': ['Cedar County FL SO', 'Birch CA PD'],
      },
      register: { ...STATES, 'Elm CA PD': { state: 'CA' } },
      agreements: [CEDAR],
    });
    expect(doorsOf(network, 'Alder CA PD', 'immigration').reached).toEqual([]);
    const doors = doorsOf(network, 'Alder CA PD', 'immigration', { onward: 'any' });
    expect(waysOf(doors)).toEqual([
      'direct: Birch CA PD, onward: Elm CA PD, onward: Cedar County FL SO, agreement-287g: federal immigration authority',
    ]);
    expect(doors.counts.ways).toBeNull();
    expect(changesOf(doors)).toEqual(['stop sharing with Birch CA PD']);
  });

  it('leads through a shared centre and a task force whose parts nobody attests', () => {
    const network = networkOf({
      shares: { 'Alder CA PD': ['Grove Fusion Center', 'Hollow Drug Task Force MO'] },
      register: {
        ...STATES,
        'Grove Fusion Center': { state: 'CA', type: 'fusion_center' },
        'Hollow Drug Task Force MO': { state: 'MO' },
      },
    });
    const doors = doorsOf(network, 'Alder CA PD', 'immigration');
    expect(waysOf(doors)).toEqual([
      'direct: Grove Fusion Center, shared-centre: users of a shared centre',
      'direct: Hollow Drug Task Force MO, task-force: members of a task force',
    ]);
    expect(doors.graph.steps.find(({ kind }) => kind === 'shared-centre')).toMatchObject({
      certainty: 'not_excluded',
      openedBy: 'nobody attests that no part of Grove Fusion Center is a body that enforces immigration law',
    });
  });

  it('leads through every recipient where searches for others are counted, because nothing asks for whom', () => {
    const network = networkOf({ shares: { 'Alder CA PD': ['Birch CA PD'] }, register: STATES });
    expect(doorsOf(network, 'Alder CA PD', 'immigration').reached).toEqual([]);
    const doors = doorsOf(network, 'Alder CA PD', 'immigration', { withBeneficiaries: true });
    expect(waysOf(doors)).toEqual([
      'beneficiary: whoever Alder CA PD searches for',
      'direct: Birch CA PD, beneficiary: whoever Birch CA PD searches for',
    ]);
    expect(doors.graph.steps.filter(({ kind }) => kind === 'beneficiary').map(({ openedBy }) => openedBy)).toContain(
      'no search of Birch CA PD states on whose behalf it is made',
    );
  });

  it('needs no share where the owner itself signed an agreement', () => {
    const network = networkOf({
      shares: { 'Cedar County FL SO': ['Birch CA PD'] },
      register: STATES,
      agreements: [CEDAR],
    });
    const doors = doorsOf(network, 'Cedar County FL SO', 'immigration');
    expect(waysOf(doors)).toEqual(['agreement-287g: federal immigration authority']);
    expect(changesOf(doors, 'byOwner')).toEqual(['Cedar County FL SO ends its 287(g) agreement']);
  });

  it('is not opened by an agreement of a model that was left out', () => {
    const network = networkOf({
      shares: { 'Alder CA PD': ['Cedar County FL SO'] },
      register: STATES,
      agreements: [['FLORIDA', "Cedar County Sheriff's Office", 'Warrant Service Officer']],
    });
    expect(doorsOf(network, 'Alder CA PD', 'immigration').reached).toHaveLength(1);
    expect(doorsOf(network, 'Alder CA PD', 'immigration', { models: new Set(['task-force-model']) }).reached).toEqual(
      [],
    );
  });
});

describe('the smallest set of changes on a network', () => {
  it('ends one agreement where many hands lead to it, and the owner alone has to withdraw them all', () => {
    const hands = ['Birch CA PD', 'Elm CA PD', 'Fir CA PD'];
    const network = networkOf({
      shares: { 'Alder CA PD': hands, ...Object.fromEntries(hands.map((hand) => [hand, ['Cedar County FL SO']])) },
      register: { ...STATES, 'Elm CA PD': { state: 'CA' }, 'Fir CA PD': { state: 'CA' } },
      agreements: [CEDAR, ['FLORIDA', "Cedar County Sheriff's Office", 'Jail Enforcement Model']],
    });
    const doors = doorsOf(network, 'Alder CA PD', 'immigration');
    expect(doors.counts.ways).toBe(3);
    expect(changesOf(doors)).toEqual(['Cedar County FL SO ends its 287(g) agreements']);
    expect(changesOf(doors, 'byOwner')).toEqual(hands.map((hand) => `stop sharing with ${hand}`));
  });

  it('closes an agreement once, whether its agency was given the reads by the owner or by another', () => {
    const network = networkOf({
      shares: { 'Alder CA PD': ['Birch CA PD', 'Cedar County FL SO'], 'Birch CA PD': ['Cedar County FL SO'] },
      register: STATES,
      agreements: [CEDAR],
    });
    const doors = doorsOf(network, 'Alder CA PD', 'immigration');
    expect(doors.counts.ways).toBe(2);
    expect(changesOf(doors)).toEqual(['Cedar County FL SO ends its 287(g) agreement']);
  });
});

describe('a way to another class', () => {
  const network = networkOf({
    shares: {
      'Alder CA PD': ['Birch CA PD', 'Dogwood FL PD', 'Decommissioned Org', 'Ivy University PD'],
      'Birch CA PD': ['Alder CA PD', 'Dogwood FL PD', '[Federal] Juniper Veterans Affairs PD'],
    },
    register: {
      ...STATES,
      'Decommissioned Org': { type: 'test' },
      'Ivy University PD': { state: 'CA', role: 'campus_safety', type: 'private', tags: 'private' },
      '[Federal] Juniper Veterans Affairs PD': { state: 'CA', type: 'federal', tags: 'federal' },
    },
  });

  it.each([
    ['out-of-state', ['direct: Birch CA PD, onward: Dogwood FL PD', 'direct: Dogwood FL PD']],
    ['federal', ['direct: Birch CA PD, onward: [Federal] Juniper Veterans Affairs PD']],
    ['private', ['direct: Ivy University PD']],
    ['stale-account', ['direct: Decommissioned Org']],
    ['immigration', []],
  ] as const)('%s', (target, ways) => {
    expect(waysOf(doorsOf(network, 'Alder CA PD', target)).toSorted()).toEqual([...ways].toSorted());
  });

  it('ends at the first party of the class, and never comes back to the owner', () => {
    const doors = doorsOf(network, 'Alder CA PD', 'out-of-state', { onward: 'any' });
    expect(waysOf(doors).filter((way) => way.includes('Alder'))).toEqual([]);
    expect(waysOf(doors).filter((way) => /Dogwood FL PD, /.test(way))).toEqual([]);
  });
});
