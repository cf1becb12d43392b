import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  getJwksCache,
  None,
  type Configuration,
  type CustomFetch,
} from 'openid-client';
import { digestOfText, parseStrictObject, type Clock, type JsonObject, type JsonValue, type Network } from '#protocol';
import { fetchOverNetwork, isNetworkFailure } from './fetch-over-network.js';
import { publishableKeys, type OfficerProviderEntry } from './provider-keys.js';
import { notSignedIn, SessionError } from './session-error.js';

export interface OfficerProviderConfig {
  /** The provider's issuer identifier; `https`, or `http` on a loopback address where `allowLoopbackHttp` is set. */
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client, which PKCE alone protects. */
  readonly clientSecret?: string;
  /** Levels of sign-in that count, e.g. `urn:comity:acr:mfa`. */
  readonly acrValues: readonly string[];
  /** Only where COMITY_ENV is `development`. */
  readonly allowLoopbackHttp: boolean;
}

/** The secrets of one login, drawn by the node and known to nobody else. */
export interface LoginSecrets {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

const DISCOVERY_FRESH_MS = 10 * 60_000;
const KEYS_FRESH_MS = 5 * 60_000;
/** How long known keys are still published while the provider cannot be reached. */
const KEYS_USABLE_MS = 60 * 60_000;
/** The person signs in anew for every session; this only bounds the time between the page and the code. */
const MAX_AGE_SECONDS = 10 * 60;
const LOOPBACK_HTTP = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:\/|$)/;

/** The agency's OpenID provider, as its node sees it: where to send the person, what came back, and by which keys. */
export class OfficerProvider {
  #configuration: { readonly value: Configuration; readonly at: number } | undefined;
  readonly #fetch: CustomFetch;
  #keys: { readonly value: JsonObject[]; readonly at: number } | undefined;

  constructor(
    private readonly config: OfficerProviderConfig,
    private readonly ports: { readonly clock: Clock; readonly network: Network },
  ) {
    if (!this.#isAllowed(config.issuer)) throw new TypeError('the issuer has to be an https address');
    this.#fetch = fetchOverNetwork(ports.network);
    if (config.acrValues.length === 0) throw new TypeError('at least one acr value is needed');
  }

  async authorizationUrl(login: LoginSecrets): Promise<string> {
    const now = this.ports.clock.now();
    if (this.#configuration === undefined || now - this.#configuration.at >= DISCOVERY_FRESH_MS) {
      this.#configuration = { value: await this.#discover(), at: now };
    }
    return buildAuthorizationUrl(this.#configuration.value, {
      scope: 'openid',
      redirect_uri: login.redirectUri,
      state: login.state,
      nonce: login.nonce,
      code_challenge: digestOfText(login.codeVerifier),
      code_challenge_method: 'S256',
      acr_values: this.config.acrValues.join(' '),
      // Somebody who left a browser signed in is not the person who now sits before it (N03).
      prompt: 'login',
      max_age: String(MAX_AGE_SECONDS),
    }).href;
  }

  /**
   * Exchanges the code and lets openid-client check state, issuer, nonce, PKCE and the ID token's signature. Its
   * configuration is new each time, so that the token meets keys that were fetched for it and not those of yesterday.
   *
   * @throws SessionError
   */
  async exchange(login: LoginSecrets, callbackUrl: string): Promise<{ idToken: string; entry: OfficerProviderEntry }> {
    const configuration = await this.#discover();
    const tokens = await authorizationCodeGrant(configuration, callbackOf(login, callbackUrl), {
      expectedState: login.state,
      expectedNonce: login.nonce,
      pkceCodeVerifier: login.codeVerifier,
      maxAge: MAX_AGE_SECONDS,
      idTokenExpected: true,
    }).catch((cause: unknown) => {
      throw isNetworkFailure(cause) ? unreachable(cause) : notSignedIn('code exchange', cause);
    });
    const jwks = getJwksCache(configuration)?.jwks;
    if (tokens.id_token === undefined || jwks === undefined) throw notSignedIn('no verified id token');
    return { idToken: tokens.id_token, entry: this.#rememberAtSignIn(jwks as unknown as JsonValue) };
  }

  /**
   * The entry for `providers` in the agency's metadata, with the keys that the provider publishes now (at most 5 minutes
   * ago, and at once after a sign-in under a new key). Call it whenever the metadata is signed.
   *
   * @throws SessionError `provider_unreachable` where no keys of the last hour are known
   */
  async providerKeys(): Promise<OfficerProviderEntry> {
    const now = this.ports.clock.now();
    const known = this.#keys;
    if (known !== undefined && now - known.at < KEYS_FRESH_MS) return this.#entry(known.value);
    try {
      return this.#remember(await this.#fetchKeys());
    } catch (cause) {
      if (known !== undefined && now - known.at < KEYS_USABLE_MS) return this.#entry(known.value);
      throw unreachable(cause);
    }
  }

  async #fetchKeys(): Promise<JsonObject> {
    const { jwks_uri: url } = (await this.#discover()).serverMetadata();
    const response = await this.#fetch(String(url), { method: 'GET', headers: {}, body: null, redirect: 'manual' });
    if (response.status !== 200) throw new TypeError('the provider does not show its keys');
    return parseStrictObject(await response.text());
  }

  /** A key set that must not be published vouches for nobody. */
  #rememberAtSignIn(jwks: JsonValue): OfficerProviderEntry {
    try {
      return this.#remember(jwks);
    } catch (cause) {
      throw notSignedIn('provider keys', cause);
    }
  }

  #remember(jwks: JsonValue): OfficerProviderEntry {
    const value = publishableKeys(jwks);
    this.#keys = { value, at: this.ports.clock.now() };
    return this.#entry(value);
  }

  #entry(keys: readonly JsonObject[]): OfficerProviderEntry {
    const { issuer, clientId, acrValues } = this.config;
    return { issuer, client_id: clientId, jwks: { keys: [...keys] }, acr_values: [...acrValues] };
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret, allowLoopbackHttp } = this.config;
    const configuration = await discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? None() : ClientSecretBasic(clientSecret),
      {
        [customFetch]: this.#fetch,
        // Without the first, openid-client trusts TLS and never looks at the ID token's signature (W20).
        execute: [enableNonRepudiationChecks, ...(allowLoopbackHttp ? [allowInsecureRequests] : [])],
      },
    ).catch((cause: unknown) => {
      throw unreachable(cause);
    });
    const metadata = configuration.serverMetadata();
    const addresses = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri];
    if (metadata.issuer !== issuer || !addresses.every((url) => url !== undefined && this.#isAllowed(url))) {
      throw unreachable(new TypeError('the provider describes itself with another issuer or an open address'));
    }
    return configuration;
  }

  #isAllowed(url: string): boolean {
    return url.startsWith('https://') || (this.config.allowLoopbackHttp && LOOPBACK_HTTP.test(url));
  }
}

/** The address that the person's browser was sent to, and no other: same scheme, host, port and path. */
function callbackOf(login: LoginSecrets, callbackUrl: string): URL {
  const url = URL.parse(callbackUrl);
  if (url === null || url.hash !== '' || `${url.origin}${url.pathname}` !== login.redirectUri) {
    throw notSignedIn('callback address');
  }
  return url;
}

function unreachable(cause: unknown): SessionError {
  return cause instanceof SessionError
    ? cause
    : new SessionError('provider_unreachable', 'discovery or key set', { cause });
}
