import { describe, expect, it } from 'vitest';
import { agencyKey, readAgencyName, stateCode } from './agency-name.js';

const key = (name: string, state?: string): string | undefined => agencyKey(readAgencyName(name, state));

describe('two ways to write one agency have one key', () => {
  it.each([
    ['Carroll County GA SO', 'GA', 'Carroll County Sheriff’s Office ', 'GEORGIA'],
    ['IN- Noble County SO', 'IN', "Noble County Sheriff's Office", 'INDIANA'],
    ['OH - Butler County SO', 'OH', 'Butler County Sheriffs Office', 'OHIO'],
    ['Kandiyohi MN SO', 'MN', "Kandiyohi County Sheriff's Office", 'MINNESOTA'],
    ['San Diego County CA SD', 'CA', "San Diego County Sheriff's Department", 'CALIFORNIA'],
    ['Ouachita Parish LA SO', 'LA', "Ouachita Parish Sheriff's Office", 'LOUISIANA'],
    ['Panama City FL PD', 'FL', 'Panama City Police Department', 'FLORIDA'],
    ['City of Delavan WI PD', 'WI', 'Delavan Police Department', 'WISCONSIN'],
    ['St. Joseph MO PD', 'MO', 'Saint Joseph Police Department', 'MISSOURI'],
    ['Cleveland OH Division of Police', 'OH', 'Cleveland Police Department', 'OHIO'],
    ['Cedarburg WI PD [Inactive]', 'WI', 'Cedarburg Police Department', 'WISCONSIN'],
    ['Española NM PD', 'NM', 'Espanola Police Department', 'NEW MEXICO'],
    ['Wabaunsee County SO (KS)', 'KS', "Wabaunsee County Sheriff's Office", 'KANSAS'],
    ['Ｔｉｆｔ County GA SO', 'GA', "Tift County Sheriff's Office", 'GEORGIA'],
  ])('%s', (vendor, vendorState, listed, listedState) => {
    expect(key(vendor, vendorState)).toBeDefined();
    expect(key(vendor, vendorState)).toBe(key(listed, listedState));
  });
});

describe('two agencies that read alike have two keys', () => {
  it.each([
    ['one county in two states', ['Camden County SO', 'GA'], ['Camden County SO', 'MO']],
    ['sheriff and police of one name', ['Lubbock County SO', 'TX'], ['Lubbock TX PD', 'TX']],
    ['a city and the township of its name', ['Butler PA PD', 'PA'], ['Butler Township PA PD', 'PA']],
    ['a city and another that begins with it', ['Cocoa FL PD', 'FL'], ['Cocoa Beach FL PD', 'FL']],
    ['a sheriff and a jail of one county', ['Butler County OH SO', 'OH'], ['Butler County Detention Center', 'OH']],
  ] as const)('%s', (_what, [one, oneState], [other, otherState]) => {
    expect(key(one, oneState)).not.toBe(key(other, otherState));
  });

  it('and a name whose state nobody says has none', () => {
    expect(key('Decommissioned Org')).toBeUndefined();
    expect(key('Springfield PD')).toBeUndefined();
  });
});

describe('a state is read from a name', () => {
  it.each([
    ['La Mesa CA PD', 'CA'],
    ['Lake Charles LA PD', 'LA'],
    ['Minnehaha County SD SO', 'SD'],
    ['San Diego County CA SD', 'CA'],
    ['Texas Department of Criminal Justice', 'TX'],
    ['West Virginia State Police', 'WV'],
    ['Delaware County SO', undefined],
    ['In the Woods HOA', undefined],
  ])('%s: %s', (name, state) => {
    expect(readAgencyName(name).state).toBe(state);
  });

  it('and one that its list gives is believed before it', () => {
    expect(readAgencyName('Wyoming MI PD', 'MI')).toEqual({ state: 'MI', kind: 'police', place: 'wyoming' });
  });

  it('takes no word for a state that is none', () => {
    expect(['TX', 'texas', ' Texas '].map(stateCode)).toEqual(['TX', 'TX', 'TX']);
    expect(['', 'ZZ', 'Texass', '__proto__', 'constructor'].map(stateCode)).toEqual(Array(5).fill(undefined));
  });
});
