import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration } from 'oidc-provider';
import type { Clock, Randomness } from '#protocol';
import { encodeBase64url } from '#protocol';
import { systemClock, systemRandomness } from '#protocol/io';
import { clientMetadata } from './clients.js';
import { DevIdpConfigError, placeProblems, type DevIdpConfig } from './config.js';
import { MemoryStore } from './memory-store.js';
import { messagePage, PAGE_HEADERS } from './pages.js';
import { MFA_ACR, SignInPages } from './sign-in-pages.js';
import { SignIns } from './sign-in.js';

export interface DevIdp {
  /** The issuer identifier, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface DevIdpPorts {
  /** Of the one-time codes and limits; tokens are dated by oidc-provider itself, from the system's clock. */
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

/**
 * An OpenID provider for development: accounts and clients from files, two factors, code flow with PKCE only.
 *
 * @throws DevIdpConfigError outside development or where the address is not a loopback one (N09)
 */
export async function createDevIdp(
  config: DevIdpConfig,
  ports: DevIdpPorts = { clock: systemClock, randomness: systemRandomness },
): Promise<DevIdp> {
  const problems = placeProblems(config);
  if (problems.length > 0) throw new DevIdpConfigError(problems);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 });
  const url = await listen(server, config);
  const provider = new Provider(url, providerConfiguration(config, ports));
  const pages = new SignInPages(
    provider,
    new SignIns(config.accounts, ports.clock, ports.randomness),
    new Map(config.clients.map((client) => [client.client_id, client.client_name])),
  );
  forgetSessions(provider);
  const protocol = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response, pages, protocol);
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** No single sign-on: an officer and a supervisor at one browser are two sign-ins, each with both factors (N03). */
function forgetSessions(provider: Provider): void {
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route === 'resume') await context.oidc.session?.destroy();
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pages: SignInPages,
  protocol: ReturnType<Provider['callback']>,
): Promise<void> {
  response.setHeader('x-frame-options', 'DENY');
  try {
    if (!(await pages.handle(request, response))) await protocol(request, response);
  } catch {
    if (!response.headersSent) response.writeHead(500, PAGE_HEADERS);
    response.end(messagePage('Failed', 'something failed here'));
  }
}

function providerConfiguration(config: DevIdpConfig, ports: DevIdpPorts): Configuration {
  const { algorithm, keys } = config.signingKeys;
  const accounts = new Map(config.accounts.map((account) => [account.sub, account]));
  const store = new MemoryStore(ports.clock);
  return {
    adapter: (model) => store.adapterFor(model),
    clients: config.clients.map((client) => clientMetadata(client, algorithm)),
    jwks: { keys: [...keys] },
    // Without this every client fails where the key set has no RS256 key.
    clientDefaults: { id_token_signed_response_alg: algorithm },
    acrValues: [MFA_ACR],
    scopes: ['openid'],
    // No name, no address: the ID token is evidence that goes to other agencies.
    claims: { openid: ['sub', 'roles', 'acr', 'amr', 'auth_time'] },
    findAccount: (_context, sub) => {
      const account = accounts.get(sub);
      if (account === undefined) return undefined;
      return { accountId: sub, claims: () => ({ sub, roles: [...account.roles] }) };
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: [encodeBase64url(ports.randomness.bytes(32))] },
    clientBasedCORS: () => false,
    expiresWithSession: () => false,
    ttl: {
      AccessToken: MINUTE_SECONDS,
      AuthorizationCode: MINUTE_SECONDS,
      Grant: HOUR_SECONDS,
      // A working day: the officer's session at the node ends with the ID token it rests on.
      IdToken: 12 * HOUR_SECONDS,
      Interaction: 10 * MINUTE_SECONDS,
      Session: 10 * MINUTE_SECONDS,
    },
    renderError: (context, out) => {
      context.set(PAGE_HEADERS);
      context.body = messagePage('Sign-in refused', `${out.error}: ${out.error_description ?? 'no further detail'}`);
    },
  };
}

async function listen(server: Server, config: DevIdpConfig): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://${config.host === '::1' ? '[::1]' : config.host}:${port}`;
}
