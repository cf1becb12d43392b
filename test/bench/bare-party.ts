// node bare-party.js backend | node bare-party.js proxy BACKEND_URL PUBLIC_JWK
// The least that a broker could be: verifies the sender's JWT and passes the body on. No trust, rule, log or sealing.
import fastify from 'fastify';
import { importJWK, jwtVerify, type JWK } from 'jose';
import { Pool } from 'undici';

const [, , role, backendUrl = '', publicJwk = '{}'] = process.argv;
const app = fastify({ bodyLimit: 192 * 1024 });

if (role === 'proxy') {
  const key = await importJWK(JSON.parse(publicJwk) as JWK, 'Ed25519');
  const backend = new Pool(backendUrl, { connections: 32 });
  app.post('/requests', async (request, reply) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    await jwtVerify(token, key, { algorithms: ['Ed25519'], audience: 'bare-proxy' });
    const answer = await backend.request({
      method: 'POST',
      path: '/grants',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
    });
    return reply.header('content-type', 'application/json').send(await answer.body.text());
  });
} else {
  const answer = { answer: 'x'.repeat(22_000) };
  app.post('/grants', () => answer);
}

await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${app.listeningOrigin}\n`);
