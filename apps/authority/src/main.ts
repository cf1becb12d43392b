import 'reflect-metadata';
import { runProcess } from '#exchange/io';
import { createDataSource, openDatabase, runMigrations } from '#postgres/io';
import { systemClock, systemRandomness, undiciNetwork } from '#protocol/io';
import { flushTracing } from '#tracing/io';
import { migrations } from '../../../migrations/authority/index.js';
import { migrations as ledgerMigrations } from '../../../migrations/ledger/index.js';
import { createAuthorityApp } from './app.js';
import { readAuthorityConfig } from './config.js';
import { AUTHORITY_ENTITIES } from './register.store.js';

await runProcess('authority', async (log) => {
  const config = await readAuthorityConfig(process.env);
  const { databaseUrl: url, dataDirectory, environment } = config;
  const database = await openDatabase({ url, dataDirectory, environment, log, database: 'comity_authority' });
  const dataSource = await createDataSource({
    url: database.url,
    entities: AUTHORITY_ENTITIES,
    migrations: [...ledgerMigrations, ...migrations],
    applicationName: 'comity-authority',
    log,
  }).initialize();
  await runMigrations(dataSource);
  const network = undiciNetwork({ egress: config.egress });
  const ports = { clock: systemClock, randomness: systemRandomness, network, dataSource, log };
  const app = await createAuthorityApp(config, ports);
  await app.listen(config.port, config.host);
  return {
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await network.close();
      await dataSource.destroy();
      await database.close();
      await flushTracing();
    },
  };
});
