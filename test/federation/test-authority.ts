import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Ports } from '#exchange/io';
import type { JsonObject } from '#protocol';
import { createDataSource, runMigrations } from '#postgres/io';
import { createAuthorityApp } from '../../apps/authority/src/app.js';
import { AUTHORITY_NODE, authorityNamed, type AuthorityNode } from '../../apps/authority/src/authority-node.js';
import { readAuthorityConfig } from '../../apps/authority/src/config.js';
import type { RecordedEvent } from '../../apps/authority/src/event-feed.js';
import type { Change } from '../../apps/authority/src/register-changes.js';
import type { Enrolment } from '../../apps/authority/src/register.js';
import { AUTHORITY_ENTITIES } from '../../apps/authority/src/register.store.js';
import type { Environment } from '../../apps/sandbox/src/lay-out.js';
import { migrations as authorityMigrations } from '../../migrations/authority/index.js';
import { migrations as ledgerMigrations } from '../../migrations/ledger/index.js';

/** The authority of a test federation, and its register in the hands of the test. */
export interface TestAuthority {
  readonly node: AuthorityNode;
  enrol(enrolment: Enrolment): Promise<void>;
  /** Suspends an entity; returns when the events have been carried to whoever could be reached. */
  suspend(entityId: string): Promise<void>;
  reinstate(entityId: string): Promise<void>;
  /** What the superior states about an agency from now on, but for what stays. */
  restate(entityId: string, changed: JsonObject): Promise<void>;
  /** Ends an enrolment for good. */
  withdraw(entityId: string): Promise<void>;
  revokeMark(issuer: string, subject: string, markType: string): Promise<void>;
  close(): Promise<void>;
}

export async function startAuthority(environment: Environment, ports: Ports): Promise<TestAuthority> {
  const config = await readAuthorityConfig(environment);
  const dataSource = await createDataSource({
    url: config.databaseUrl ?? '',
    entities: AUTHORITY_ENTITIES,
    migrations: [...ledgerMigrations, ...authorityMigrations],
    poolSize: 4,
  }).initialize();
  await runMigrations(dataSource);
  const app: NestFastifyApplication = await createAuthorityApp(config, { ...ports, dataSource });
  await app.listen(config.port, config.host);
  const node = app.get<AuthorityNode>(AUTHORITY_NODE);
  const change = async (issuer: string, make: (change: Change) => Promise<RecordedEvent>) => {
    const authority = authorityNamed(node, issuer);
    if (authority === undefined) throw new Error(`\`${issuer}\` is no authority of this process`);
    const event = await dataSource.transaction((manager) =>
      make({ manager, authority, at: ports.clock.now(), acts: [] }),
    );
    await node.push.announce([event]);
    await node.push.idle();
  };
  const superiorOf = async (entityId: string): Promise<string> => {
    const [row] = await dataSource.query<{ superior: string }[]>(
      'select superior from enrolled_entity where entity_id = $1 and withdrawn_at is null',
      [entityId],
    );
    if (row === undefined) throw new Error(`\`${entityId}\` is not enrolled`);
    return row.superior;
  };
  const reason = 'a test';
  return {
    node,
    enrol: (enrolment) =>
      change(enrolment.superior, (made) =>
        node.changes.enrol(made, enrolment, { assurance: 'tested', expiresAt: null }),
      ),
    async suspend(entityId) {
      await change(await superiorOf(entityId), (made) => node.changes.suspend(made, entityId, reason));
    },
    async reinstate(entityId) {
      await change(await superiorOf(entityId), (made) => node.changes.reinstate(made, entityId, reason));
    },
    async restate(entityId, changed) {
      const [row] = await dataSource.query<{ stated: JsonObject }[]>(
        'select stated from enrolled_entity where entity_id = $1 and withdrawn_at is null',
        [entityId],
      );
      const stated = { ...row?.stated, ...changed };
      await change(await superiorOf(entityId), (made) => node.changes.restate(made, entityId, stated, reason));
    },
    async withdraw(entityId) {
      await change(await superiorOf(entityId), (made) => node.changes.withdraw(made, entityId, reason));
    },
    revokeMark: (issuer, subject, markType) =>
      change(issuer, (made) => node.changes.revokeMark(made, subject, markType, reason)),
    close: async () => {
      await app.close();
      await dataSource.destroy();
    },
  };
}
