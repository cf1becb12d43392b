import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { generateNoteKey } from '#ledger/io';
import { createDataSource, runMigrations, type EmbeddedPostgres } from '#postgres/io';
import type { HttpResponse, JsonObject, Network, SigningKey } from '#protocol';
import {
  generatePrivateJwk,
  generateSigningKey,
  systemClock,
  systemRandomness,
  writeKeyFile,
  writeSecretFile,
} from '#protocol/io';
import { signEntityConfiguration } from '#trust';
import { createAuthorityApp } from '../../apps/authority/src/app.js';
import { KEY_FILES, ledgerOrigin, witnessName } from '../../apps/authority/src/authority-keys.js';
import { readAuthorityConfig } from '../../apps/authority/src/config.js';
import { AUTHORITY_ENTITIES } from '../../apps/authority/src/register.store.js';
import { migrations } from '../../migrations/authority/index.js';
import { migrations as ledgerMigrations } from '../../migrations/ledger/index.js';

export interface FilledAuthority {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly jurisdictions: readonly string[];
  readonly fillSeconds: number;
  readonly databaseMiB: number;
  /** Some agencies whose keys are real, so that they can be resolved: `[jurisdiction, agency]`. */
  readonly resolvable: readonly (readonly [string, string])[];
  close(): Promise<void>;
}

export interface FillPlan {
  readonly jurisdictions: number;
  readonly agencies: number;
  readonly resolvable: number;
  readonly port: number;
}

/** One authority with its jurisdictions, each with so many agencies, in one database; as SQL makes them, for their number. */
export async function fillAuthority(
  server: EmbeddedPostgres,
  directory: string,
  plan: FillPlan,
  say: (line: string) => void,
): Promise<FilledAuthority> {
  const url = `http://127.0.0.1:${plan.port}`;
  const ids = Array.from({ length: plan.jurisdictions }, (_, index) => `j${index + 1}`);
  await mkdir(directory, { recursive: true });
  const env = await writeAuthority(await mkdtemp(join(directory, 'authority-')), url, ids, plan.port);
  const databaseUrl = await server.createDatabase(`bench_authority_${systemClock.now()}`);
  const dataSource = await createDataSource({
    url: databaseUrl,
    entities: AUTHORITY_ENTITIES,
    migrations: [...ledgerMigrations, ...migrations],
    poolSize: 10,
  }).initialize();
  await runMigrations(dataSource);
  const keys = new Map<string, { readonly superior: string; readonly key: SigningKey }>();
  const network: Network = { request: ({ url: asked }) => configurationOf(asked, keys) };
  const ports = { clock: systemClock, randomness: systemRandomness, network, dataSource };
  const app = await createAuthorityApp(await readAuthorityConfig(env), ports);
  await app.listen(plan.port, '127.0.0.1');
  say(`filling: ${plan.jurisdictions} jurisdictions x ${plan.agencies} agencies`);
  const started = performance.now();
  const jurisdictions = ids.map((id) => `${url}/jurisdictions/${id}`);
  for (const [index, superior] of jurisdictions.entries()) {
    await fill(dataSource, superior, ids[index] ?? '', plan.agencies);
  }
  await dataSource.query('analyze');
  const fillSeconds = (performance.now() - started) / 1_000;
  for (let at = 0; at < plan.resolvable; at += 1) {
    const superior = jurisdictions[at % jurisdictions.length] ?? '';
    const entityId = `https://a${at + 1}.${ids[at % ids.length] ?? ''}.example`;
    const key = await generateSigningKey();
    keys.set(entityId, { superior, key });
    await dataSource.query(`update federation_key set kid = $2, jwk = $3 where holder = $1`, [
      entityId,
      key.kid,
      key.publicJwk,
    ]);
  }
  const [size] = await dataSource.query<{ bytes: string }[]>('select pg_database_size(current_database()) as bytes');
  return {
    url,
    dataSource,
    jurisdictions,
    fillSeconds,
    databaseMiB: Math.round(Number(size?.bytes) / 2 ** 20),
    resolvable: [...keys].map(([entityId, { superior }]) => [superior, entityId]),
    close: async () => {
      await app.close();
      await dataSource.destroy();
    },
  };
}

async function writeAuthority(
  directory: string,
  url: string,
  ids: readonly string[],
  port: number,
): Promise<Record<string, string>> {
  const write = (file: string, jwk: JsonObject) => writeKeyFile(join(directory, file), jwk);
  for (const file of [KEY_FILES.anchor, KEY_FILES.receipts, ...ids.map((id) => KEY_FILES.jurisdiction(id))]) {
    await write(file, await generatePrivateJwk('sig'));
  }
  await write(KEY_FILES.witness, generateNoteKey(witnessName(url), 'cosignature', systemRandomness).privateJwk);
  await write(KEY_FILES.ledger, generateNoteKey(ledgerOrigin(url), 'note', systemRandomness).privateJwk);
  await writeSecretFile(join(directory, KEY_FILES.sideRecords), systemRandomness);
  const register = join(directory, 'register.json');
  const jurisdictions = ids.map((id) => ({ id, name: `Jurisdiction ${id}`, attests: [] }));
  const file = { schema: 'comity-register/v1', name: 'bench', jurisdictions, agencies: [], brokers: [] };
  await writeFile(register, JSON.stringify(file));
  return {
    COMITY_ENV: 'development',
    PORT: String(port),
    COMITY_BASE_URL: url,
    DATABASE_URL: 'given to the app',
    COMITY_AUTHORITY_KEYS: directory,
    COMITY_REGISTER: register,
  };
}

/** What enrolment would have written, without a person and an event for each. Keys are random bytes that verify nothing. */
async function fill(dataSource: DataSource, superior: string, id: string, agencies: number): Promise<void> {
  await dataSource.query(
    `insert into enrolled_entity (entity_id, superior, entity_type, stated, jwks, constraints, digest, enrolled_at,
       status_index, assurance)
     select 'https://a' || n || '.' || $2 || '.example', $1, 'comity_agency',
       jsonb_build_object('name', 'Agency ' || n, 'ori', upper(left($2, 2)) || lpad(n::text, 7, '0'),
         'agency_class', 'municipal-police'),
       '{"keys":[]}', '{"max_path_length":0,"allowed_entity_types":["comity_agency"]}',
       md5($1 || '.' || n), now(), n - 1, 'documents'
     from generate_series(1, $3) n`,
    [superior, id, agencies],
  );
  await dataSource.query(
    `insert into federation_key (kid, holder, jwk, published_at)
     select kid, 'https://a' || n || '.' || $1 || '.example',
       jsonb_build_object('kty', 'OKP', 'crv', 'Ed25519', 'alg', 'Ed25519', 'use', 'sig', 'kid', kid, 'x', kid), now()
     from (select n, rtrim(translate(encode(sha256(($1 || '.' || n)::bytea), 'base64'), '+/', '-_'), '=') as kid
       from generate_series(1, $2) n) k`,
    [id, agencies],
  );
  await dataSource.query(`insert into status_list (issuer, version, size) values ($1, 1, $2)`, [superior, agencies]);
  await dataSource.query(
    `insert into status_entry (issuer, idx, subject, value, changed_at)
     select $1, n - 1, 'https://a' || n || '.' || $2 || '.example', case when n > 1000 and n % 100 = 0 then 2 else 0 end, now()
     from generate_series(1, $3) n`,
    [superior, id, agencies],
  );
}

async function configurationOf(
  url: string,
  keys: ReadonlyMap<string, { readonly superior: string; readonly key: SigningKey }>,
): Promise<HttpResponse> {
  const entityId = new URL(url).origin;
  const held = keys.get(entityId);
  if (!held) throw new Error('the bench resolves agencies with real keys alone');
  const { superior, key } = held;
  const protocolKey = (await generateSigningKey()).publicJwk;
  const body = await signEntityConfiguration({
    entityId,
    key,
    metadata: { comity_agency: { jwks: { keys: [protocolKey] }, endpoint: entityId } },
    authorityHints: [superior],
    trustMarks: [],
    issuedAt: systemClock.now(),
    lifetimeSeconds: 3_600,
  });
  return { status: 200, headers: { 'content-type': 'application/entity-statement+jwt' }, body };
}
