// Long because one federation's keys, files and environments refer to each other all the way down.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteKeyName, writeNodeKeys } from '#exchange/io';
import { generateNoteKey } from '#ledger/io';
import { encodeBase64url, type JsonObject, type JsonValue, type Randomness } from '#protocol';
import { generatePrivateJwk, writeKeyFile, writeSecretFile } from '#protocol/io';
import type { AgencyPlan, FederationPlan } from './plan.js';

export type Environment = Readonly<Record<string, string>>;

/** A person with a demonstration login. */
export interface DemoAccount {
  readonly agency: string;
  readonly role: 'officer' | 'supervisor' | 'rule_admin';
  readonly username: string;
  readonly password: string;
  readonly totpSecret: string;
}

export interface LaidOutAgency {
  readonly plan: AgencyPlan;
  readonly entityId: string;
  readonly environment: Environment;
  /** Its rule document with its own entity id. */
  readonly rule: JsonObject;
}

/** A federation whose keys, register and accounts are on disk, ready to be started. */
export interface LaidOutFederation {
  readonly directory: string;
  readonly anchor: string;
  readonly broker: string;
  readonly anchorsFile: string;
  /** Folder of the keys of the authority's persons: `registrar-one.jwk`, `registrar-two.jwk`. */
  readonly authorityPeople: string;
  readonly environments: {
    readonly authority: Environment;
    readonly provider: Environment;
    readonly broker: Environment;
  };
  readonly agencies: readonly LaidOutAgency[];
  readonly accounts: readonly DemoAccount[];
}

const HOST = '127.0.0.1';
const ACR = 'urn:comity:acr:mfa';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Writes keys, register, anchors, accounts and clients of a whole federation below `directory`, and says with which
 * environment each process is to be started. Every key is new, has one job, and may be read by its owner alone.
 */
export async function layOutFederation(
  directory: string,
  plan: FederationPlan,
  input: { databaseUrl: (party: string) => Promise<string>; randomness: Randomness },
): Promise<LaidOutFederation> {
  const { randomness } = input;
  const anchor = `http://${HOST}:${plan.authorityPort}`;
  const broker = `http://${HOST}:${plan.brokerPort}`;
  const issuer = `http://${HOST}:${plan.providerPort}`;
  const anchorsFile = join(directory, 'anchors.json');
  const authorityKeys = await writeAuthorityKeys(directory, plan, anchor, randomness);
  const authorityPeople = await writeAuthorityPeople(directory);
  const brokerKeys = await nodeKeys(directory, 'broker', { entityId: broker, type: 'broker' }, randomness);
  await writeJson(anchorsFile, [{ entity_id: anchor, jwks: { keys: [authorityKeys.anchorPublic] } }]);
  const agencies: (LaidOutAgency & { readonly federationPublic: JsonObject; readonly ledger: JsonObject })[] = [];
  for (const agency of plan.agencies) {
    const entityId = `http://${HOST}:${agency.port}`;
    const keys = await nodeKeys(directory, agency.id, { entityId, type: 'agency' }, randomness);
    const environment = {
      ...nodeEnvironment(
        entityId,
        agency.name,
        `${anchor}/jurisdictions/${agency.jurisdiction}`,
        keys.directory,
        anchorsFile,
      ),
      PORT: String(agency.port),
      DATABASE_URL: await input.databaseUrl(agency.id),
      COMITY_BROKER: broker,
      COMITY_OIDC_ISSUER: issuer,
      COMITY_OIDC_CLIENT_ID: agency.id,
      COMITY_OIDC_ACR: ACR,
      COMITY_RULE_NOTICE_SECONDS: String(plan.ruleNoticeSeconds),
      COMITY_ANSWER_BAND_MS: String(plan.answerBandMs),
      ...(agency.retentionDays === undefined ? {} : { COMITY_RETENTION_DAYS: String(agency.retentionDays) }),
    };
    const rule = { ...agency.rule, owner: entityId };
    agencies.push({ plan: agency, entityId, environment, rule, ...keys });
  }
  const accounts = plan.agencies.flatMap(({ id }) => accountsOf(id, randomness));
  const register = await writeRegister(directory, plan, {
    agencies,
    broker: { entityId: broker, ...brokerKeys },
    people: authorityPeople.people,
  });
  const provider = await writeProviderFiles(directory, plan, accounts);
  return {
    directory,
    anchor,
    broker,
    anchorsFile,
    authorityPeople: authorityPeople.directory,
    agencies,
    accounts,
    environments: {
      authority: {
        COMITY_ENV: 'development',
        PORT: String(plan.authorityPort),
        COMITY_BASE_URL: anchor,
        DATABASE_URL: await input.databaseUrl('authority'),
        COMITY_AUTHORITY_KEYS: authorityKeys.directory,
        COMITY_REGISTER: register,
      },
      provider: { COMITY_ENV: 'development', COMITY_IDP_PORT: String(plan.providerPort), ...provider },
      broker: {
        ...nodeEnvironment(broker, 'Demonstration broker', anchor, brokerKeys.directory, anchorsFile),
        PORT: String(plan.brokerPort),
        DATABASE_URL: await input.databaseUrl('broker'),
      },
    },
  };
}

function nodeEnvironment(entityId: string, name: string, superior: string, keys: string, anchors: string): Environment {
  return {
    COMITY_ENV: 'development',
    COMITY_HOST: HOST,
    COMITY_ENTITY_ID: entityId,
    COMITY_NAME: name,
    COMITY_SUPERIOR: superior,
    COMITY_KEYS: keys,
    COMITY_ANCHORS: anchors,
    // Ten processes share one server here.
    COMITY_DATABASE_CONNECTIONS: '4',
  };
}

async function writeAuthorityKeys(
  directory: string,
  plan: FederationPlan,
  anchor: string,
  randomness: Randomness,
): Promise<{ directory: string; anchorPublic: JsonObject }> {
  const keys = await secretDirectory(directory, 'authority');
  const anchorJwk = await generatePrivateJwk('sig');
  await writeKeyFile(join(keys, 'anchor.jwk.json'), anchorJwk);
  for (const { id } of plan.jurisdictions) {
    await writeKeyFile(join(keys, `jurisdiction-${id}.jwk.json`), await generatePrivateJwk('sig'));
  }
  const name = noteKeyName(anchor, 'witness');
  await writeKeyFile(join(keys, 'witness.jwk.json'), generateNoteKey(name, 'cosignature', randomness).privateJwk);
  const ledger = generateNoteKey(noteKeyName(anchor, 'ledger'), 'note', randomness);
  await writeKeyFile(join(keys, 'ledger.jwk.json'), ledger.privateJwk);
  await writeKeyFile(join(keys, 'receipts.jwk.json'), await generatePrivateJwk('sig'));
  await writeSecretFile(join(keys, 'side-records.key'), randomness);
  return { directory: keys, anchorPublic: publicPart(anchorJwk) };
}

/** Two persons of the authority, because neither changes the register alone. Their keys are theirs, not the authority's. */
async function writeAuthorityPeople(directory: string): Promise<{ directory: string; people: JsonObject[] }> {
  const keys = await secretDirectory(directory, 'authority-people');
  const people: JsonObject[] = [];
  for (const name of ['registrar-one', 'registrar-two']) {
    const jwk = await generatePrivateJwk('sig');
    await writeKeyFile(join(keys, `${name}.jwk`), jwk);
    people.push({ name, jwk: publicPart(jwk) });
  }
  return { directory: keys, people };
}

async function nodeKeys(
  directory: string,
  party: string,
  of: { readonly entityId: string; readonly type: 'agency' | 'broker' },
  randomness: Randomness,
): Promise<{ directory: string; federationPublic: JsonObject; ledger: JsonObject }> {
  const keys = await secretDirectory(directory, party);
  const { federation, ledger } = await writeNodeKeys(keys, of, randomness);
  return { directory: keys, federationPublic: federation, ledger: { ...ledger } };
}

async function writeRegister(
  directory: string,
  plan: FederationPlan,
  members: {
    agencies: readonly (LaidOutAgency & { federationPublic: JsonObject; ledger: JsonObject })[];
    broker: { entityId: string; federationPublic: JsonObject; ledger: JsonObject };
    people: readonly JsonObject[];
  },
): Promise<string> {
  const { agencies, broker, people } = members;
  const path = join(directory, 'register.json');
  await writeJson(path, {
    schema: 'comity-register/v1',
    name: plan.name,
    notice: plan.notice,
    people: [...people],
    jurisdictions: plan.jurisdictions.map(({ id, name, attests }) => ({ id, name, attests: [...attests] })),
    agencies: agencies.map(({ plan: agency, entityId, federationPublic, ledger }) => ({
      entity_id: entityId,
      name: agency.name,
      superior: agency.jurisdiction,
      agency_class: agency.agencyClass,
      ori: agency.ori,
      access: agency.access,
      jwks: { keys: [federationPublic] },
      ledger,
      attests: [...agency.attests],
    })),
    brokers: [
      {
        entity_id: broker.entityId,
        name: 'Demonstration broker',
        jwks: { keys: [broker.federationPublic] },
        ledger: broker.ledger,
      },
    ],
  });
  return path;
}

async function writeProviderFiles(
  directory: string,
  plan: FederationPlan,
  accounts: readonly DemoAccount[],
): Promise<Environment> {
  const keys = await secretDirectory(directory, 'provider');
  const paths = {
    COMITY_IDP_ACCOUNTS: join(directory, 'accounts.json'),
    COMITY_IDP_CLIENTS: join(directory, 'clients.json'),
    COMITY_IDP_KEYS: join(keys, 'keys.json'),
  };
  await writeJson(paths.COMITY_IDP_ACCOUNTS, {
    accounts: accounts.map(({ agency, role, username, password, totpSecret }) => ({
      sub: `person-${username}`,
      username,
      password,
      name: `${role.replace('_', ' ')} of ${agency}`,
      roles: [role],
      clients: [agency],
      totp_secret: totpSecret,
      demo: true,
    })),
  });
  await writeJson(paths.COMITY_IDP_CLIENTS, {
    clients: plan.agencies.map(({ id, name }) => ({
      client_id: id,
      client_name: name,
      redirect_uris: [`http://${HOST}/callback`],
    })),
  });
  await writeJson(paths.COMITY_IDP_KEYS, { keys: [await generatePrivateJwk('sig')] });
  return paths;
}

/** Two rule administrators, because a rule is published by a second person. */
function accountsOf(agency: string, randomness: Randomness): DemoAccount[] {
  const account = (role: DemoAccount['role'], name: string): DemoAccount => ({
    agency,
    role,
    username: `${name}.${agency}`,
    password: `demo-${encodeBase64url(randomness.bytes(6))}`,
    totpSecret: [...randomness.bytes(32)].map((byte) => BASE32[byte % 32]).join(''),
  });
  return [
    account('officer', 'officer'),
    account('supervisor', 'supervisor'),
    account('rule_admin', 'rules-one'),
    account('rule_admin', 'rules-two'),
  ];
}

function publicPart(jwk: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== 'd'));
}

async function secretDirectory(directory: string, party: string): Promise<string> {
  const path = join(directory, 'keys', party);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}

async function writeJson(path: string, value: JsonValue): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
