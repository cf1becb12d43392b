import 'reflect-metadata';
import { createDevIdp } from './app.js';
import { DevIdpConfigError, readDevIdpConfig } from './config.js';

async function main(): Promise<void> {
  const provider = await createDevIdp(readDevIdpConfig(process.env));
  console.log(`development identity provider at ${provider.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      provider.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof DevIdpConfigError ? error.message : error);
  process.exitCode = 1;
});
