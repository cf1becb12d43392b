import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { readProcess } from '#exchange';
import { IssuedProcessFolder } from '../../../court/src/issued-process.js';
import { AGENCY, FakeCli } from '../../test/fake-cli.js';

const SUPERIOR = 'https://authority.example/jurisdictions/or';
const FORM: JsonObject = {
  class: 'warrant',
  docket: '26-SW-0417',
  judge: 'an invented judge',
  case_number: '26-01234',
  valid_from: '2026-11-20T00:00:00-08:00',
  valid_until: '2026-12-24T00:00:00-08:00',
  kinds: ['plate_history'],
  plates: ['7ABC123'],
  areas: 'any',
  window: { from: '2026-11-01T00:00:00-07:00', until: '2026-11-08T00:00:00-08:00' },
  offences: ['120'],
  uses: 3,
};

let cli: FakeCli;
let folder: string;
beforeEach(async () => {
  cli = await FakeCli.create();
  folder = join(cli.home, 'court');
  const named = ['--entity', 'https://court.example', '--name', 'a court', '--superior', SUPERIOR];
  const made = await cli.run(['court', 'init', folder, ...named, '--until', '2027-11-01T00:00:00Z']);
  expect(made).toMatchObject({ exit: 0, err: '' });
});

const sign = async (name: string, form: JsonObject, ...more: string[]) => {
  const file = await cli.file(`${name}.json`, form);
  const out = join(cli.home, `${name}.jwt`);
  return { out, ran: await cli.run(['court', 'sign', folder, '--for', AGENCY, '--file', file, '--out', out, ...more]) };
};

describe('comity court', () => {
  it('makes two keys that its owner alone can read, and a request that names the one for process', async () => {
    expect((await stat(join(folder, 'process.jwk'))).mode & 0o077).toBe(0);
    const request = JSON.parse(await readFile(join(folder, 'enrolment-request.json'), 'utf8')) as JsonObject;
    expect(request).toMatchObject({
      entity_type: 'federation_entity',
      role: 'court',
      process: { classes: ['court-order', 'warrant'], jurisdictions: [SUPERIOR] },
    });
    expect(JSON.stringify(request)).not.toContain('"d"');
    const again = ['--entity', 'https://court.example', '--name', 'x', '--superior', SUPERIOR, '--until', 'x'];
    expect((await cli.run(['court', 'init', folder, ...again])).exit).toBe(2);
  });

  it('signs for one agency, shows what it signed, and takes it back for good', async () => {
    const { out, ran } = await sign('warrant', FORM);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    const read = readProcess((await readFile(out, 'utf8')).trim());
    expect(read).toMatchObject({ kind: 'warrant', issuer: 'https://court.example', bounds: { uses: 3, areas: 'any' } });
    expect((await cli.run(['court', 'status', folder])).out).toContain('26-SW-0417');
    const revoke = ['court', 'revoke', folder, '--index', '0', '--reason', 'quashed'];
    expect((await cli.run(revoke)).out).toContain('revoked');
    expect((await cli.run(revoke)).out).toBe('it was taken back before');
    const { out: listed } = await cli.run(['court', 'status', folder, '--json']);
    expect(JSON.parse(listed)).toMatchObject({ issued: [{ index: 0, state: 'revoked: quashed' }] });
    expect((await new IssuedProcessFolder(folder).statuses()).statuses).toEqual(new Map([[0, 'revoked']]));
  });

  it('P13: signs polygons, and none whose edges cross', async () => {
    const a = { lat: 44, lon: -121.3 };
    const b = { lat: 44.1, lon: -121.2 };
    const c = { lat: 44.1, lon: -121.3 };
    const d = { lat: 44, lon: -121.2 };
    const crossed = await sign('crossed', { ...FORM, areas: [{ kind: 'polygon', points: [a, b, c, d] }] });
    expect(crossed.ran.exit).toBe(2);
    expect(crossed.ran.err).toContain('areas[0]: its edges cross');
    const { out, ran } = await sign('polygon', { ...FORM, areas: [{ kind: 'polygon', points: [a, c, b, d] }] });
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(readProcess((await readFile(out, 'utf8')).trim()).bounds.areas).toEqual([
      { kind: 'polygon', points: [a, c, b, d] },
    ]);
  });

  it('gives two who sign at once two numbers', async () => {
    const issued = new IssuedProcessFolder(folder);
    const taken = await Promise.all(Array.from({ length: 8 }, () => issued.takeIndex()));
    expect(new Set(taken).size).toBe(8);
  });

  it.each<[string, JsonObject, string]>([
    ['a bound is left out', { plates: undefined } as unknown as JsonObject, 'missing: plates'],
    ['an instant has no offset', { valid_from: '2026-11-20T00:00:00' }, '`valid_from` is no instant with its offset'],
    ['a plate is none', { plates: ['7ABC%'] }, 'no acceptable `plates`'],
    ['it is over before it begins', { valid_until: '2026-11-01T00:00:00Z' }, 'no acceptable `valid_until`'],
  ])('P08: signs nothing where %s, and says what is wrong', async (_title, change, text) => {
    const { ran } = await sign('odd', JSON.parse(JSON.stringify({ ...FORM, ...change })) as JsonObject);
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain(text);
    expect((await cli.run(['court', 'status', folder, '--json'])).out).toContain('"issued": []');
  });

  it('says what to do where a number was never given out, or a file is no warrant', async () => {
    const unknown = await cli.run(['court', 'revoke', folder, '--index', '9', '--reason', 'x']);
    expect(unknown).toMatchObject({ exit: 2 });
    expect(unknown.err).toContain('comity court status');
    const paper = await cli.textFile('paper.pdf', 'a paper');
    const asked = await cli.run(['ask', '--warrant', paper]);
    expect(asked).toMatchObject({ exit: 2 });
    expect(asked.err).toContain('a paper is attested first');
  });
});
