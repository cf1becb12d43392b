import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { SeenCheckpoints } from '#ledger/io';
import { databaseIsAway } from '#postgres/io';
import { problem, type Clock, type Problem } from '#protocol';
import { createHttpApp } from '#protocol/io';
import type { AuthorityNode } from './authority-node.js';
import { AuthorityModule } from './authority.module.js';
import type { AuthorityConfig } from './config.js';
import { RegisterStore } from './register.store.js';
import { StatementDesk, type Authority } from './statement-desk.js';

export interface AuthorityPorts {
  readonly clock: Clock;
  /** Initialised, migrated, with `AUTHORITY_ENTITIES`; the caller closes it. */
  readonly dataSource: DataSource;
}

/**
 * The anchor, its jurisdictions and the oversight witness in one process, with the register loaded. Not listening yet: a
 * test injects requests, `main` and the sandbox listen.
 */
export async function createAuthorityApp(
  config: AuthorityConfig,
  { clock, dataSource }: AuthorityPorts,
): Promise<NestFastifyApplication> {
  const store = new RegisterStore(dataSource);
  await store.load(config.register, clock.now());
  const node: AuthorityNode = {
    ...authoritiesOf(config),
    store,
    desk: new StatementDesk(store, clock),
    witness: {
      key: config.keys.witness,
      seen: new SeenCheckpoints({ dataSource, clock }),
      clock,
      logs: new Map(config.register.logs.map((log) => [log.origin, log])),
    },
  };
  const app = await createHttpApp(AuthorityModule.of(node), { problemOf });
  readCheckpointsAsBytes(app);
  return app;
}

function authoritiesOf({ anchor, keys, register }: AuthorityConfig): Pick<AuthorityNode, 'anchor' | 'jurisdictions'> {
  const jurisdictions = register.jurisdictions.flatMap(({ id, entityId, name }): [string, Authority][] => {
    const key = keys.jurisdictions.get(id);
    return key ? [[id, { entityId, anchor, name, key, witnessVkeys: [] }]] : [];
  });
  const witnessVkeys = [keys.witness.vkey];
  return {
    anchor: { entityId: anchor, anchor, name: register.name, key: keys.anchor, witnessVkeys },
    jurisdictions: new Map(jurisdictions),
  };
}

/** A checkpoint is signed text: decoding it leniently would change what was signed. */
function readCheckpointsAsBytes(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function problemOf(error: unknown): Problem | undefined {
  if (!databaseIsAway(error)) return undefined;
  return problem(503, 'unavailable', 'the register cannot be read at the moment', { retryAfterSeconds: 2 });
}
