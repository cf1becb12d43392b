import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { generateNoteKey } from '#ledger/io';
import type { JsonObject } from '#protocol';
import { systemRandomness } from '#protocol/io';
import {
  ABSENCE,
  ANCHOR,
  exampleAuthority,
  JUNIPER,
  LOG_ORIGIN,
  OR,
  RETENTION,
  type ExampleAuthority,
} from '../test/example-authority.js';
import { AuthorityConfigError } from './authority-config-error.js';
import { KEY_FILES } from './authority-keys.js';
import { readAuthorityConfig } from './config.js';

let example: ExampleAuthority;
beforeEach(async () => {
  example = await exampleAuthority();
});

async function problemsOf(env: Record<string, string | undefined>): Promise<readonly string[]> {
  const error: unknown = await readAuthorityConfig(env).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(AuthorityConfigError);
  return (error as AuthorityConfigError).problems;
}

type List = JsonObject[];

async function problemsOfRegister(
  change: (register: Record<'jurisdictions' | 'agencies' | 'brokers', List> & JsonObject) => void,
) {
  const register = example.register() as Record<'jurisdictions' | 'agencies' | 'brokers', List> & JsonObject;
  change(register);
  await example.writeRegister(register);
  return problemsOf(example.env);
}

describe('the configuration', () => {
  it('is read once, frozen, with keys and register', async () => {
    const config = await readAuthorityConfig(example.env);
    expect(Object.isFrozen(config)).toBe(true);
    expect(config).toMatchObject({ environment: 'development', host: '127.0.0.1', port: 4100, anchor: ANCHOR });
    expect([...config.keys.jurisdictions.keys()]).toEqual(['or', 'wa']);
    expect(config.register?.enrolments).toHaveLength(5);
    expect(config.register?.attested).toMatchObject([
      { issuer: OR, subject: OR, markType: `${ANCHOR}/protections/retention/days-30/1`, binds: ['municipal-police'] },
      { issuer: OR, subject: JUNIPER, markType: `${ANCHOR}/protections/agreement-287g/none/1`, binds: [] },
    ]);
  });

  it('lists every problem at once', async () => {
    expect(await problemsOf({})).toEqual([
      'COMITY_ENV is neither `development` nor `production`',
      'COMITY_BASE_URL is missing',
      'PORT is not a port',
      'DATABASE_URL is missing: the embedded server is for development only',
      'COMITY_AUTHORITY_KEYS is missing',
    ]);
  });

  it('N09: takes no development shortcut outside development', async () => {
    const problems = await problemsOf({ ...example.env, COMITY_ENV: 'production', DATABASE_URL: undefined });
    expect(problems).toEqual([
      'COMITY_BASE_URL is plain http on loopback, which is for development only',
      'DATABASE_URL is missing: the embedded server is for development only',
    ]);
  });

  it('refuses key files that are missing, or that others may read', async () => {
    await chmod(join(example.directory, KEY_FILES.anchor), 0o644);
    const env = { ...example.env, COMITY_AUTHORITY_KEYS: example.directory };
    expect(await problemsOf(env)).toContain(
      'COMITY_AUTHORITY_KEYS: anchor.jwk.json: it may be read by others; use `chmod 600`',
    );
    const elsewhere = await problemsOf({ ...example.env, COMITY_AUTHORITY_KEYS: join(example.directory, 'none') });
    expect(elsewhere).toContain('COMITY_AUTHORITY_KEYS: jurisdiction-or.jwk.json: it is missing');
    expect(elsewhere).toContain('COMITY_AUTHORITY_KEYS: witness.jwk.json: it is missing');
  });

  it('refuses a register that is not strict JSON', async () => {
    await writeFile(example.env['COMITY_REGISTER'] ?? '', '{"schema":"comity-register/v1","schema":"x"}');
    expect(await problemsOf(example.env)).toEqual([expect.stringContaining('cannot be read as JSON')]);
  });
});

describe('the register', () => {
  it('refuses unknown members, also in an attested protection', async () => {
    expect(await problemsOfRegister((register) => (register['extra'] = 1))).toEqual([
      'the register: not acceptable: `(unknown member)` fails whitelistValidation',
    ]);
    const attests = [{ ...RETENTION, levell: 'x' }];
    expect(await problemsOfRegister((register) => ((register.jurisdictions[0] ?? {})['attests'] = attests))).toEqual([
      'jurisdictions[0].attests[0]: not acceptable: `(unknown member)` fails whitelistValidation',
    ]);
  });

  it('refuses a law that binds nobody, and a fact about one agency that binds others', async () => {
    const { binds: _, ...unbound } = RETENTION;
    const rule = 'a law binds agency classes, a fact about one agency binds none';
    expect(await problemsOfRegister((register) => ((register.jurisdictions[0] ?? {})['attests'] = [unbound]))).toEqual([
      `jurisdictions[0].attests[0]: ${rule}`,
    ]);
    const bound = [{ ...ABSENCE, binds: ['municipal-police'] }];
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['attests'] = bound))).toEqual([
      `agencies[0].attests[0]: ${rule}`,
    ]);
  });

  it.each([
    ['no such day', { effective_from: '2026-02-30T00:00:00Z' }],
    ['an end before the beginning', { effective_until: '2026-03-31T06:59:59Z' }],
  ])('refuses %s', async (_, dates) => {
    const attests = [{ ...RETENTION, ...dates }];
    expect(await problemsOfRegister((register) => ((register.jurisdictions[0] ?? {})['attests'] = attests))).toEqual([
      'jurisdictions[0].attests[0]: its dates are not in the calendar, or it ends before it takes effect',
    ]);
  });

  it('refuses one protection twice at one level, an entity twice, and a superior that is not there', async () => {
    expect(
      await problemsOfRegister((register) => ((register.jurisdictions[0] ?? {})['attests'] = [RETENTION, RETENTION])),
    ).toEqual(['jurisdictions[0].attests[1]: the protection is attested twice at this level']);
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['superior'] = 'ga'))).toEqual([
      'agencies[0]: no jurisdiction `ga`',
    ]);
    expect(await problemsOfRegister((register) => ((register.agencies[1] ?? {})['entity_id'] = JUNIPER))).toEqual([
      `agencies[1]: \`${JUNIPER}\` is enrolled twice`,
    ]);
  });

  it('J14: refuses one key for two entities, and private parts', async () => {
    const jwks = { keys: [example.memberKeys.juniper.publicJwk] };
    expect(await problemsOfRegister((register) => ((register.agencies[1] ?? {})['jwks'] = jwks))).toEqual([
      expect.stringMatching(/have a key in common$/),
    ]);
    const leaked = { keys: [{ ...example.memberKeys.juniper.publicJwk, d: 'AA' }] };
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['jwks'] = leaked))).toEqual([
      expect.stringContaining('private part published'),
    ]);
  });

  it('refuses a ledger whose key is not of its origin', async () => {
    const other = generateNoteKey('elsewhere/ledger', 'note', systemRandomness).key;
    const ledger = { origin: '127.0.0.1:4300/ledger', vkey: other.vkey };
    expect(await problemsOfRegister((register) => ((register.brokers[0] ?? {})['ledger'] = ledger))).toEqual([
      'brokers[0]: `ledger` is not { origin, vkey } with a key of that origin',
    ]);
  });

  it('refuses two ledgers of one origin', async () => {
    const ledger = { origin: LOG_ORIGIN, vkey: example.logKey.vkey };
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['ledger'] = ledger))).toEqual([
      'brokers[0]: two ledgers of one origin',
    ]);
  });

  it('refuses an entity id that is not in its one spelling, keys that cannot sign, and odd naming constraints', async () => {
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['entity_id'] = `${JUNIPER}/`))).toEqual(
      ['agencies[0]: not an entity id in its one spelling'],
    );
    const [, encryption] = example.protocolJwks['keys'] as JsonObject[];
    const jwks = { keys: [encryption ?? {}] };
    expect(await problemsOfRegister((register) => ((register.agencies[0] ?? {})['jwks'] = jwks))).toEqual([
      `\`${JUNIPER}\`: it has no federation key that signs`,
    ]);
    const naming = { permitted: ['*.example'] };
    expect(
      await problemsOfRegister((register) => ((register.jurisdictions[0] ?? {})['naming_constraints'] = naming)),
    ).toEqual(['jurisdictions[0]: a naming constraint is not a host name']);
  });
});
