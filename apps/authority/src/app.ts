import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { databaseIsAway } from '#postgres/io';
import { ProblemError, problem, type Problem } from '#protocol';
import { createHttpApp } from '#protocol/io';
import { AuthorityModule } from './authority.module.js';
import type { AuthorityConfig } from './config.js';
import { FORM_MEDIA_TYPE, FormBody } from './form-body.js';
import { openAuthority, type AuthorityPorts } from './open-authority.js';
import { problemOfRefusal } from './problem-of-refusal.js';
import { RegisterRefusal } from './register-refusal.js';

export type { AuthorityPorts } from './open-authority.js';

/** OpenID Federation 1.0, "Subordinate Listing Request" and "Resolve Request". */
const REPEATABLE = ['entity_type', 'trust_anchor'];

/**
 * The anchor, its jurisdictions and the oversight witness in one process, with the register loaded. Not listening yet: a
 * test injects requests, `main` and the sandbox listen. Closing it stops the background work; the database stays open.
 */
export async function createAuthorityApp(
  config: AuthorityConfig,
  ports: AuthorityPorts,
): Promise<NestFastifyApplication> {
  const node = await openAuthority(config, ports);
  const app = await createHttpApp(AuthorityModule.of(node), { problemOf, repeatableParameters: REPEATABLE });
  readSpecialBodies(app);
  if (config.witnessPolicy !== undefined) node.witnessJob.start();
  node.witnessedLedgers.start();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', async () => {
      node.witnessJob.stop();
      node.witnessedLedgers.stop();
      await node.push.close();
      await node.ledger.stop();
    });
  return app;
}

/**
 * A checkpoint is signed text: decoding it leniently would change what was signed. A form stays text until its handler reads
 * it, which checks that it is the handler of a form.
 */
function readSpecialBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.addContentTypeParser(FORM_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, new FormBody(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body as Buffer)));
    } catch {
      done(new ProblemError(problem(400, 'malformed_body', 'the form is not UTF-8')));
    }
  });
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof RegisterRefusal) return problemOfRefusal(error);
  if (!databaseIsAway(error)) return undefined;
  return problem(503, 'unavailable', 'the register cannot be read at the moment', { retryAfterSeconds: 2 });
}
