import { describe, expect, it } from 'vitest';
import type { JsonValue } from '#protocol';
import { NOW, PERMIT, aRow } from './hot-list.fixture.js';
import { rowToEntry } from './formats.js';
import { readEntry } from './read-entry.js';

const read = (value: JsonValue) => readEntry(value, PERMIT, NOW);

describe('an entry of a hot list', () => {
  it('is read with its source, legal basis, state, reason and expiry', () => {
    expect(read(aRow({ plate: '7abc-123', plate_state: 'wa', vehicle: { make: 'Ford' } }))).toEqual({
      kind: 'listed',
      entry: {
        record: 'V-1',
        source: 'ncic-vehicle',
        plate: '7ABC123',
        plateState: 'WA',
        legalBasis: 'report of theft',
        reason: 'stolen-vehicle',
        vehicle: { make: 'Ford' },
        expiresAt: Date.UTC(2026, 11, 6),
      },
    });
  });

  it('of the immigration violator file is refused before anything of it is read (law 9, NCIC extract)', () => {
    // A plate that cannot be one shows that it was not looked at.
    expect(read(aRow({ source: 'ncic-immigration-violator', plate: '%' }))).toEqual({
      kind: 'refused',
      source: 'ncic-immigration-violator',
    });
  });

  it('of a class that no rule names is refused', () => {
    expect(read(aRow({ source: 'ncic-gang' }))).toEqual({ kind: 'refused', source: 'ncic-gang' });
  });

  it.each([
    [{ source: '' }, 'source_missing'],
    [{ source: 'ncic-somewhere' }, 'source_unknown'],
    [{ legal_basis: '' }, 'legal_basis_invalid'],
    [{ reason: 'Because' }, 'reason_invalid'],
    [{ record: '' }, 'record_invalid'],
    [{ plate: 'A%C' }, 'plate_wildcard'],
    [{ plate: 'AHEAD' }, 'non_plate'],
    [{ plate_state: 'Washington' }, 'plate_state_invalid'],
    [{ expires_at: '2026-12-06' }, 'expiry_invalid'],
    [{ expires_at: '2026-11-29T18:00:00Z' }, 'expired'],
    [{ vehicle: { wheels: 'four' } }, 'vehicle_invalid'],
    [{ note: 'x' }, 'member_unknown'],
  ])('with %j is rejected as %s', (change, reason) => {
    expect(read(aRow(change))).toEqual({ kind: 'rejected', reason });
  });

  it.each([[null], ['7ABC123'], [[]]] as [JsonValue][])('that is %j is rejected', (value) => {
    expect(read(value)).toEqual({ kind: 'rejected', reason: 'entry_malformed' });
  });

  it('that is recovered needs its record alone', () => {
    expect(read({ record: 'V-1', source: 'ncic-vehicle', remove: true })).toEqual({
      kind: 'removed',
      record: 'V-1',
      source: 'ncic-vehicle',
    });
  });
});

describe('a format', () => {
  it('of our own reads a row by the names of its columns', () => {
    const header = ['source', 'record', 'plate', 'legal_basis', 'reason', 'expires_at', 'vehicle_colour', 'action'];
    const row = rowToEntry('comity-csv', header);
    expect(row(['manual', 'M-1', '1ABC', 'order', 'wanted', '2026-12-01T00:00:00Z', 'red', ''])).toEqual({
      source: 'manual',
      record: 'M-1',
      plate: '1ABC',
      legal_basis: 'order',
      reason: 'wanted',
      expires_at: '2026-12-01T00:00:00Z',
      vehicle: { colour: 'red' },
    });
    expect(row(['manual', 'M-1', '', '', '', '', '', 'remove'])).toMatchObject({ record: 'M-1', remove: true });
    expect(read(row(['manual', 'M-1', '1ABC', 'b', 'r', '2026-12-01T00:00:00Z', '', 'delete']))).toMatchObject({
      reason: 'member_unknown',
    });
  });

  it('in the manner of NCIC takes the source from the file that a record comes from', () => {
    const row = rowToEntry('ncic-csv', ['FILE', 'NIC', 'LIC', 'LIS', 'OCA', 'ORI', 'EXP']);
    const stolen = row(['Vehicle File', 'V123', '7ABC123', 'WA', '26-1', 'WA0010000', '2026-12-06T00:00:00Z']);
    expect(read(stolen)).toMatchObject({
      kind: 'listed',
      entry: { record: 'V123', source: 'ncic-vehicle', reason: 'stolen-vehicle', caseNumber: '26-1' },
    });
    const violator = row(['IMMIGRATION VIOLATOR', 'N1', '7ABC124', 'WA', '', '', '2026-12-06T00:00:00Z']);
    expect(read(violator)).toEqual({ kind: 'refused', source: 'ncic-immigration-violator' });
    for (const file of ['IMMIGRATION', 'constructor', '__proto__']) {
      expect(read(row([file, 'N1', '7ABC124', 'WA', '', '', '2026-12-06T00:00:00Z']))).toMatchObject({
        reason: 'source_unknown',
      });
    }
  });

  it('is refused where a column is missing, twice, or none of it, without repeating what stands there', () => {
    expect(() => rowToEntry('ncic-csv', ['FILE', 'NIC', 'EXP'])).toThrow('missing');
    expect(() => rowToEntry('ncic-csv', ['FILE', 'NIC', 'LIC', 'LIC', 'EXP'])).toThrow('twice');
    expect(() => rowToEntry('ncic-csv', ['FILE', 'NIC', 'LIC', 'EXP', '7ABC123'])).toThrow(
      expect.objectContaining({ code: 'mapping_invalid', evidence: { at: 'column 5' } }),
    );
  });
});
