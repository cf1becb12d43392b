import type { DataSource } from 'typeorm';
import { CLOCK_TOLERANCE_SECONDS, newSalt, sha256, type Clock, type Network, type Randomness } from '#protocol';
import { OfficerProvider, type OfficerProviderConfig } from './officer-provider.js';
import { officerPseudonym } from './officer-pseudonym.js';
import type { OfficerProviderEntry } from './provider-keys.js';
import { notSignedIn, SessionError } from './session-error.js';
import { SessionStore, type LoginAttempt, type OfficerSession } from './session-store.js';
import { OfficerTokenError, verifyOfficerIdToken, type VerifiedOfficer } from './verify-id-token.js';

export interface OfficerSessionsOptions {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly network: Network;
  readonly provider: OfficerProviderConfig;
  /** 32 bytes, kept for the audit period: with another key the same officer gets another pseudonym. */
  readonly pseudonymKey: Uint8Array;
}

export interface StartedLogin {
  readonly loginId: string;
  readonly authorizationUrl: string;
}

export interface FinishedLogin {
  /** 256 random bits; only its SHA-256 is kept. */
  readonly sessionToken: string;
  readonly session: OfficerSession;
}

/** RFC 8252 §7.3: the address by number, where only a program on the officer's own machine listens. */
export const LOOPBACK_CALLBACK = /^http:\/\/127\.0\.0\.1:[1-9][0-9]{0,4}\/callback$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const LOGIN_MS = 10 * 60_000;
const SESSION_MS = 8 * 60 * 60_000;
const IDLE_MS = 30 * 60_000;

/** Who is signed in at this node. The node is the OpenID client; the officer's own program only carries addresses. */
export class OfficerSessions {
  readonly #store: SessionStore;
  readonly #provider: OfficerProvider;

  constructor(private readonly options: OfficerSessionsOptions) {
    if (options.pseudonymKey.byteLength !== 32) throw new TypeError('the pseudonym key has to be 32 bytes');
    this.#store = new SessionStore(options.dataSource);
    this.#provider = new OfficerProvider(options.provider, options);
  }

  /** @throws SessionError `redirect_uri_refused` or `provider_unreachable` */
  async start(redirectUri: string): Promise<StartedLogin> {
    if (!isLoopbackCallback(redirectUri)) throw new SessionError('redirect_uri_refused', 'not the loopback callback');
    const { clock, randomness } = this.options;
    const loginId = newSalt(randomness);
    const attempt: LoginAttempt = {
      digest: sha256(loginId),
      redirectUri,
      state: newSalt(randomness),
      nonce: newSalt(randomness),
      codeVerifier: newSalt(randomness),
      createdAtMs: clock.now(),
      expiresAtMs: clock.now() + LOGIN_MS,
    };
    const authorizationUrl = await this.#provider.authorizationUrl(attempt);
    await this.#store.insertAttempt(attempt);
    return { loginId, authorizationUrl };
  }

  /**
   * Takes the attempt (once), exchanges the code, verifies the ID token as an owner will verify it later, and opens a
   * session that ends with the token it rests on, after 8 h, or after 30 idle minutes.
   *
   * @throws SessionError `not_signed_in` (one text for every reason) or `provider_unreachable`
   */
  async finish(loginId: string, callbackUrl: string): Promise<FinishedLogin> {
    const attempt = await this.#takeAttempt(loginId);
    const { idToken, entry } = await this.#provider.exchange(attempt, callbackUrl);
    const officer = await this.#verify(idToken, entry, attempt);
    const sessionToken = newSalt(this.options.randomness);
    const issuedAtMs = this.options.clock.now();
    const session: OfficerSession = {
      issuer: entry.issuer,
      clientId: entry.client_id,
      sub: officer.sub,
      pseudonym: officerPseudonym(this.options.pseudonymKey, entry.issuer, officer.sub),
      roles: officer.roles,
      acr: officer.acr,
      idToken,
      idTokenDigest: officer.digest,
      authTimeMs: officer.authTimeMs,
      issuedAtMs,
      expiresAtMs: Math.min(issuedAtMs + SESSION_MS, officer.expiresAtMs),
    };
    await this.#store.insertSession(sha256(sessionToken), session);
    return { sessionToken, session };
  }

  /** @throws SessionError `not_signed_in`, whatever is wrong with the token or its session */
  async authenticate(sessionToken: string): Promise<OfficerSession> {
    if (!SECRET.test(sessionToken)) throw notSignedIn('session token grammar');
    const session = await this.#store.touchSession(sha256(sessionToken), this.options.clock.now(), IDLE_MS);
    if (session === undefined) throw notSignedIn('session unknown, ended, expired or idle');
    return session;
  }

  /** @throws SessionError `not_signed_in` where there is no live session to end */
  async end(sessionToken: string): Promise<void> {
    await this.authenticate(sessionToken);
    await this.#store.endSession(sha256(sessionToken), 'signed_out', this.options.clock.now());
  }

  /** Ends every session of a person, who left the agency or lost a device; returns how many that were. */
  async revoke(sub: string): Promise<number> {
    const { issuer } = this.options.provider;
    return this.#store.endSessionsOf({ issuer, sub }, 'revoked', this.options.clock.now());
  }

  /** What the agency publishes in `providers` of its metadata; see OfficerProvider. */
  async providerKeys(): Promise<OfficerProviderEntry> {
    return this.#provider.providerKeys();
  }

  async #takeAttempt(loginId: string): Promise<LoginAttempt> {
    if (!SECRET.test(loginId)) throw notSignedIn('login id grammar');
    const attempt = await this.#store.takeAttempt(sha256(loginId));
    if (attempt === undefined) throw notSignedIn('login unknown or used');
    if (attempt.expiresAtMs <= this.options.clock.now()) throw notSignedIn('login expired');
    return attempt;
  }

  async #verify(idToken: string, entry: OfficerProviderEntry, attempt: LoginAttempt): Promise<VerifiedOfficer> {
    const now = this.options.clock.now();
    const officer = await verifyOfficerIdToken({ idToken, provider: entry, now, approvedAt: now }).catch(
      (cause: unknown) => {
        throw notSignedIn(cause instanceof OfficerTokenError ? cause.code : 'id token', cause);
      },
    );
    // A person who was signed in before this login began has not shown both factors for it.
    if (officer.authTimeMs < attempt.createdAtMs - (CLOCK_TOLERANCE_SECONDS + 1) * 1000) {
      throw notSignedIn('auth_time before the login began');
    }
    return officer;
  }
}

/** Also a port that exists, in the form in which a browser repeats it. */
function isLoopbackCallback(uri: string): boolean {
  return LOOPBACK_CALLBACK.test(uri) && URL.parse(uri)?.href === uri;
}
