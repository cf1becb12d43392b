// Long because every act is tried here, through the command line and over one running authority.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, Network } from '#protocol';
import { generatePrivateJwk, writeKeyFile } from '#protocol/io';
import { readAuthorityConfig } from '../../../authority/src/config.js';
import { ABSENCE, ANCHOR, HARBOR, JUNIPER, OR, personKeyFile } from '../../../authority/test/example-authority.js';
import { runningAuthority, type RunningAuthority } from '../../../authority/test/running-authority.js';
import { runCli } from '../run-cli.js';
import { plainText } from '../terminal.js';

const NEW = 'http://127.0.0.1:4299';
const ABSENCE_TYPE = `${ANCHOR}/protections/agreement-287g/none/1`;

let authority: RunningAuthority;
let home: string;
beforeAll(async () => {
  authority = await runningAuthority();
  home = await mkdtemp(join(tmpdir(), 'comity-authority-cli-'));
});
afterAll(async () => {
  await authority.close();
  await rm(home, { recursive: true, force: true });
});

const network: Network = {
  async request({ method, url, body, headers }) {
    const { pathname, search } = new URL(url);
    const type = headers?.['content-type'] ?? '';
    const path = `${pathname}${search}`;
    const answer = method === 'GET' ? await authority.get(path) : await authority.post(path, body ?? '', type);
    return { status: answer.status, headers: { 'content-type': answer.type }, body: answer.body };
  },
};

/** Runs `comity authority …` as a person of the authority, of Oregon unless said otherwise. */
async function comity(person: 'one' | 'two' | 'three', ...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await runCli(['authority', ...argv], {
    terminal: {
      out: (line) => void out.push(plainText(line)),
      err: (line) => void err.push(plainText(line)),
      progress: () => undefined,
    },
    network,
    clock: authority.clock,
    browser: { open: () => Promise.resolve(false) },
    environment: {
      COMITY_AUTHORITY: OR,
      COMITY_PERSON: person,
      COMITY_PERSON_KEY: join(authority.example.directory, personKeyFile(person)),
    },
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

async function file(name: string, content: string | JsonObject): Promise<string> {
  const path = join(home, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The digest that a line of the output ends in. */
function digestIn(out: string, name: string): string {
  return new RegExp(`${name}\\s+([A-Za-z0-9_-]{43})$`, 'm').exec(out)?.[1] ?? '';
}

describe('comity authority', () => {
  it('suspends, shows it from the signed list, and reinstates with two persons', async () => {
    expect(await comity('one', 'status', JUNIPER)).toMatchObject({ exit: 0 });
    const suspended = await comity('one', 'suspend', JUNIPER, '--reason', 'the audit was refused');
    expect(suspended).toMatchObject({ exit: 0, err: '' });
    expect(await comity('one', 'status', JUNIPER)).toMatchObject({ exit: 3 });
    const proposed = await comity('one', 'reinstate', JUNIPER, '--reason', 'the audit passed');
    expect(proposed.exit).toBe(5);
    const act = digestIn(proposed.out, 'proposed');
    const waiting = await comity('two', 'list', '--waiting');
    expect(waiting.out).toContain(act);
    expect(await comity('one', 'confirm', act)).toMatchObject({ exit: 1 });
    expect(await comity('two', 'confirm', act)).toMatchObject({ exit: 0 });
    expect(await comity('one', 'status', JUNIPER)).toMatchObject({ exit: 0 });
    const events = await comity('one', 'events', '--json');
    const kinds = (JSON.parse(events.out) as { events: { kind: string }[] }).events.map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['suspended', 'reinstated']);
    expect((await comity('one', 'events', '--after', '1')).out).toContain('the audit was refused');
  });

  it('enrols: the node proves its key, two persons vet', async () => {
    const key = await generatePrivateJwk('sig');
    await writeKeyFile(join(home, 'federation.jwk'), key);
    const agency = { entity_type: 'comity_agency', name: 'Cedar Hollow Police', agency_class: 'municipal-police' };
    const request = await file('request.json', { ...agency, ori: 'OR0990300', fips: '4199999' });
    const federationKey = ['--federation-key', join(home, 'federation.jwk')];
    const asked = await comity('three', 'enrol', '--entity', NEW, ...federationKey, '--request', request);
    expect(asked).toMatchObject({ exit: 5, err: '' });
    const id = digestIn(asked.out, 'request');
    const vet = ['vet', id, '--approve', '--assurance', 'documents', '--finding', 'charter seen'];
    expect((await comity('one', ...vet)).out).toContain('waiting');
    expect((await comity('one', ...vet)).exit).toBe(1);
    expect((await comity('two', ...vet)).out).toContain('enrolled');
    const list = await comity('one', 'list', '--type', 'comity_agency');
    expect(list.out.split('\n')).toEqual([JUNIPER, NEW].toSorted());

    await writeKeyFile(join(home, 'next.jwk'), await generatePrivateJwk('sig'));
    const rolled = await comity(
      'three',
      'roll-key',
      '--entity',
      NEW,
      ...federationKey,
      '--new-key',
      join(home, 'next.jwk'),
    );
    expect(rolled).toMatchObject({ exit: 0, err: '' });
    const kid = typeof key['kid'] === 'string' ? key['kid'] : '';
    const withdrawn = await comity('one', 'withdraw-key', NEW, '--kid', kid, '--reason', 'superseded');
    expect(withdrawn).toMatchObject({ exit: 0, err: '' });
  });

  it('shows what is stated, takes it back changed from two persons, and not without what the entity is checked by', async () => {
    const shown = JSON.parse((await comity('one', 'stated', JUNIPER)).out) as JsonObject;
    expect(shown).toMatchObject({ agency_class: 'municipal-police' });
    expect(shown).not.toHaveProperty('assurance');
    const why = ['--reason', 'it was renamed'];
    const renamed = await file('stated.json', { ...shown, name: 'Juniper Bend Police Department' });
    const act = digestIn((await comity('one', 'restate', JUNIPER, '--file', renamed, ...why)).out, 'proposed');
    expect((await comity('two', 'confirm', act)).exit).toBe(0);
    expect((await comity('one', 'stated', JUNIPER)).out).toContain('Juniper Bend Police Department');
    const half = await file('half.json', { name: 'Juniper Bend' });
    const refused = await comity('one', 'restate', JUNIPER, '--file', half, ...why);
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain('stated now and left out');
  });

  it('revokes a mark alone and attests it with two', async () => {
    const reason = ['--reason', 'it signed an agreement'];
    expect((await comity('one', 'revoke', JUNIPER, '--mark-type', ABSENCE_TYPE, ...reason)).exit).toBe(0);
    const gone = await comity('one', 'revoke', JUNIPER, '--mark-type', ABSENCE_TYPE, ...reason);
    expect(gone).toMatchObject({ exit: 1 });
    expect(gone.err).toContain('no_such_mark');
    const protection = await file('protection.json', ABSENCE);
    const act = digestIn((await comity('one', 'attest', JUNIPER, '--file', protection)).out, 'proposed');
    expect((await comity('two', 'confirm', act)).exit).toBe(0);
  });

  it('imports the federal list: shows, writes what it could not match, and does only what was confirmed', async () => {
    const list = await file(
      'list.csv',
      `STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED,MOA,ADDENDUM
OREGON,Cedar Hollow Police Dept. ,Municipality,#N/A,Task Force Model,2025-07-02,link,
OREGON,Juniper Bent Police Department,Municipality,#N/A,Task Force Model,2025-07-02,link,
OREGON,=Formula County Sheriff,County,Formula County,Task Force Model,2025-07-02,link,
`,
    );
    const places = await file('places.csv', 'state,geo_name,fips\nOR,Cedar Hollow,4199999\nOR,Elsewhere,4100001\n');
    const unmatched = join(home, 'rest.csv');
    const argv = ['import-287g', list, '--as-of', '2025-07-18', '--places', places];
    const shown = await comity('one', ...argv, '--unmatched', unmatched);
    expect(shown).toMatchObject({ exit: 5, err: '' });
    expect(shown.out).toMatch(/^matched +1 /m);
    expect(shown.out).toMatch(/^unsure +1 /m);
    expect(shown.out).toContain(`${NEW}: issue task-force-model`);
    expect(shown.out).toContain(`${JUNIPER}: revoke none`);
    const rest = await readFile(unmatched, 'utf8');
    expect(rest.split('\n')).toHaveLength(4);
    expect(rest).toContain(`"'=Formula County Sheriff"`);
    expect((await comity('one', ...argv, '--confirm', 'A'.repeat(43))).exit).toBe(1);
    const done = await comity('one', ...argv, '--confirm', digestIn(shown.out, '--confirm'));
    expect(done).toMatchObject({ exit: 0, err: '' });
    const after = await comity('one', ...argv);
    expect(after.out).not.toContain('issue task-force-model');
  });

  it('explains what is wrong with what it was given', async () => {
    expect(await comity('one', 'vet', 'A'.repeat(43), '--approve', '--finding', 'x')).toMatchObject({ exit: 2 });
    const lists: readonly (readonly [string, string])[] = [
      [await file('noise.csv', 'STATE\n"a"b"\n'), 'no CSV that can be read: see line 2'],
      [await file('book.csv', 'PK\u0003\u0004 a spreadsheet'), 'a spreadsheet and no CSV'],
      [await file('bytes.csv', 'a\u0000b\n'), 'no text in UTF-8'],
      [await file('other.csv', 'a,b\n'), 'no column STATE'],
      [await file('empty.csv', ''), 'it is empty'],
    ];
    for (const [list, why] of lists) {
      const refused = await comity('one', 'import-287g', list, '--as-of', '2025-07-18');
      expect(refused).toMatchObject({ exit: 2, out: '' });
      expect(refused.err).toContain(why);
      expect(refused.err).toContain('→ give the list as it is published');
    }
    const list = await file(
      'list.csv',
      'STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED\nOR,Nobody Police,Local,#N/A,Task Force Model,2025-01-01\n',
    );
    expect((await comity('one', 'import-287g', list, '--as-of', '2025-02-30')).exit).toBe(2);
    expect((await comity('one', 'import-287g', list, '--as-of', '2999-01-01')).err).toContain('still to come');
    const aliases = await file('aliases.csv', 'state,name\n');
    const odd = await comity('one', 'import-287g', list, '--as-of', '2025-07-18', '--aliases', aliases);
    expect(odd.err).toContain('has no column agency, ori');
    const attest = await comity('one', 'attest', OR, '--file', await file('odd.json', { protection: 'x', mine: 1 }));
    expect(attest.exit).toBe(2);
    expect(attest.err).toContain('what you gave is not in its form (act_refused)');
    expect(attest.err).toContain('  `statute` is missing, or not in its form');
    expect(attest.err).toContain('  and members that do not belong there');
    expect((await comity('one', 'status', 'http://127.0.0.1:9')).err).toContain(
      '→ who is enrolled: comity authority list',
    );
    expect((await comity('one', 'list', '--type', 'police')).exit).toBe(2);
    expect(await comity('one', 'list', '--authority', 'nowhere')).toMatchObject({ exit: 2 });
    const stranger = await comity('one', 'suspend', HARBOR, '--reason', 'x', '--person', 'nobody');
    expect(stranger).toMatchObject({ exit: 8 });
    const foreign = await comity('one', 'suspend', HARBOR, '--reason', 'x');
    expect(foreign).toMatchObject({ exit: 1 });
    expect(foreign.err).toContain('no such entity is enrolled here');
  });
});

describe('comity authority init', () => {
  it('makes what an authority starts with, readable by its owner alone, and never twice', async () => {
    for (const name of ['alice', 'bob'])
      expect((await comity('one', 'person-key', join(home, `${name}.jwk`))).exit).toBe(0);
    expect((await comity('one', 'person-key', join(home, 'alice.jwk'))).exit).toBe(2);
    const directory = join(home, 'authority');
    const people = ['alice', 'bob'].flatMap((name) => ['--person', `${name}=${join(home, `${name}.public.jwk`)}`]);
    const of = [
      '--anchor',
      'https://authority.example',
      '--name',
      'Authority of Example',
      '--jurisdiction',
      'or=Oregon',
    ];
    const made = await comity('one', 'init', directory, ...of, ...people);
    expect(made).toMatchObject({ exit: 0, err: '' });
    expect((await stat(join(directory, 'keys', 'anchor.jwk.json'))).mode & 0o077).toBe(0);
    const config = await readAuthorityConfig({
      COMITY_ENV: 'production',
      PORT: '4100',
      COMITY_BASE_URL: 'https://authority.example',
      DATABASE_URL: 'postgres://unused',
      COMITY_AUTHORITY_KEYS: join(directory, 'keys'),
      COMITY_REGISTER: join(directory, 'register.json'),
    });
    expect(config.register?.people.map(({ name }) => name)).toEqual(['alice', 'bob']);
    expect(made.out).toContain(config.keys.anchor.kid);
    expect((await comity('one', 'init', directory, ...of, ...people)).exit).toBe(2);
  });

  it('refuses an authority of one person, and a private key that was handed over', async () => {
    const of = ['--anchor', 'https://authority.example', '--name', 'x'];
    const one = ['--person', `one=${join(authority.example.directory, personKeyFile('one'))}`];
    expect((await comity('one', 'init', join(home, 'a'), ...of, ...one)).exit).toBe(2);
    const two = ['--person', `two=${join(authority.example.directory, personKeyFile('two'))}`];
    const leaked = await comity('one', 'init', join(home, 'b'), ...of, ...one, ...two);
    expect(leaked).toMatchObject({ exit: 2 });
    expect(leaked.err).toContain('is no public key');
  });
});
