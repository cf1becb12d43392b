import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateNoteKey } from '#ledger/io';
import type { NoteKey } from '#ledger';
import { importSigningKey, type JsonObject, type SigningKey } from '#protocol';
import {
  generateDecryptionKey,
  generatePrivateJwk,
  generateSigningKey,
  systemRandomness,
  writeKeyFile,
  writeSecretFile,
} from '#protocol/io';
import { KEY_FILES, ledgerOrigin, witnessName } from '../src/authority-keys.js';

export const ANCHOR = 'http://127.0.0.1:4100';
export const OR = `${ANCHOR}/jurisdictions/or`;
export const WA = `${ANCHOR}/jurisdictions/wa`;
export const JUNIPER = 'http://127.0.0.1:4201';
export const HARBOR = 'http://127.0.0.1:4203';
export const BROKER = 'http://127.0.0.1:4300';
export const LOG_ORIGIN = '127.0.0.1:4300/ledger';

const attested = { basis: 'statute', effective_from: '2026-03-31T00:00:00-07:00', effective_until: null } as const;
export const RETENTION = {
  ...attested,
  protection: 'retention',
  level: 'days-30',
  statute: 'OR SB 1516 (2026)',
  binds: ['municipal-police'],
};
export const ABSENCE = {
  ...attested,
  protection: 'agreement-287g',
  level: 'none',
  basis: 'declaration',
  statute: 'stated by its superior',
};

export interface ExampleAuthority {
  readonly directory: string;
  readonly env: Record<string, string>;
  readonly memberKeys: Readonly<Record<'juniper' | 'harbor' | 'broker', SigningKey>>;
  /** Persons of the authority. */
  readonly people: Readonly<Record<'one' | 'two' | 'three', SigningKey>>;
  readonly protocolJwks: JsonObject;
  readonly logKey: NoteKey;
  register(): JsonObject;
  /** Writes the register file that `env` names. */
  writeRegister(register: JsonObject): Promise<void>;
}

/** File name of a person's private key in the example's folder. */
export function personKeyFile(name: string): string {
  return `person-${name}.jwk`;
}

/** Keys and a register file of a small authority in a folder of their own. */
export async function exampleAuthority(): Promise<ExampleAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'comity-authority-'));
  const write = (file: string, jwk: JsonObject) => writeKeyFile(join(directory, file), jwk);
  await write(KEY_FILES.anchor, await generatePrivateJwk('sig'));
  await write(KEY_FILES.jurisdiction('or'), await generatePrivateJwk('sig'));
  await write(KEY_FILES.jurisdiction('wa'), await generatePrivateJwk('sig'));
  await write(KEY_FILES.witness, generateNoteKey(witnessName(ANCHOR), 'cosignature', systemRandomness).privateJwk);
  await write(KEY_FILES.ledger, generateNoteKey(ledgerOrigin(ANCHOR), 'note', systemRandomness).privateJwk);
  await write(KEY_FILES.receipts, await generatePrivateJwk('sig'));
  await writeSecretFile(join(directory, KEY_FILES.sideRecords), systemRandomness);
  const person = async (name: string) => {
    const jwk = await generatePrivateJwk('sig');
    await write(personKeyFile(name), jwk);
    return importSigningKey(jwk);
  };
  const people = { one: await person('one'), two: await person('two'), three: await person('three') };
  const [juniper, harbor, broker, protocolKey, answerKey] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
    generateDecryptionKey(),
  ]);
  const { key: logKey } = generateNoteKey(LOG_ORIGIN, 'note', systemRandomness);
  const file = join(directory, 'register.json');
  const register = (): JsonObject => ({
    schema: 'comity-register/v1',
    name: 'Comity demonstration authority',
    notice: 'invented agencies; not legal advice',
    people: Object.entries(people).map(([name, { publicJwk }]) => ({ name, jwk: publicJwk })),
    jurisdictions: [
      { id: 'or', name: 'Oregon', attests: [RETENTION] },
      { id: 'wa', name: 'Washington', attests: [] },
    ],
    agencies: [
      {
        ...member(JUNIPER, 'Juniper Bend Police', juniper),
        ...agency('OR0990100'),
        superior: 'or',
        attests: [ABSENCE],
      },
      { ...member(HARBOR, 'Harbor County Sheriff', harbor), ...agency('WA0980000'), superior: 'wa', attests: [] },
    ],
    brokers: [{ ...member(BROKER, 'Comity broker', broker), ledger: { origin: LOG_ORIGIN, vkey: logKey.vkey } }],
  });
  const writeRegister = (value: JsonObject) => writeFile(file, JSON.stringify(value));
  await writeRegister(register());
  return {
    directory,
    memberKeys: { juniper, harbor, broker },
    people,
    protocolJwks: { keys: [protocolKey.publicJwk, answerKey.publicJwk] },
    logKey,
    register,
    writeRegister,
    env: {
      COMITY_ENV: 'development',
      PORT: '4100',
      COMITY_BASE_URL: ANCHOR,
      DATABASE_URL: 'postgres://unused',
      COMITY_AUTHORITY_KEYS: directory,
      COMITY_REGISTER: file,
    },
  };
}

function agency(ori: string): JsonObject {
  return { agency_class: 'municipal-police', ori };
}

function member(entityId: string, name: string, key: SigningKey): JsonObject {
  return { entity_id: entityId, name, jwks: { keys: [key.publicJwk] } };
}
