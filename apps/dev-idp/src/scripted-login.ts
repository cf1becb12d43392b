import { request } from 'undici';
import { parseStrictObject, type JsonObject, type Network } from '#protocol';
import { systemClock, LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { CookieJar } from './cookie-jar.js';
import { totpCode, totpStep } from './totp.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Base32, as in the accounts file. */
  readonly totpSecret: string;
}

export interface ScriptedLoginInput extends Credentials {
  /** Base address of the agency's node. */
  readonly agencyUrl: string;
  /** For the two calls to the node; the provider's pages are walked as a browser would. */
  readonly network?: Network;
}

export interface SignInWalk extends Credentials {
  readonly authorizationUrl: string;
  /** The walk ends where the provider redirects here. */
  readonly redirectUri: string;
  /** Of a browser that was here before; an empty one where it is left out. */
  readonly jar?: CookieJar;
}

/** A person's side of a sign-in went otherwise than a script can follow. */
export class ScriptedLoginError extends Error {
  override readonly name = 'ScriptedLoginError';
  readonly code = 'sign_in_failed';
}

/** Never listened on: the script reads the redirect instead of following it. */
const REDIRECT_URI = 'http://127.0.0.1:49152/callback';
const MAX_STEPS = 12;

/**
 * Signs a person in at an agency's node through the development provider's pages, without a browser, and returns the
 * session token. For tests and the sandbox.
 *
 * @throws ScriptedLoginError
 */
export async function scriptedLogin(input: ScriptedLoginInput): Promise<string> {
  if (input.network !== undefined) return loginOver(input.network, input);
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  try {
    return await loginOver(network, input);
  } finally {
    await network.close();
  }
}

async function loginOver(network: Network, input: ScriptedLoginInput): Promise<string> {
  const started = await post(network, `${input.agencyUrl}/session/start`, { redirect_uri: REDIRECT_URI });
  const callbackUrl = await walkSignIn({
    ...input,
    authorizationUrl: text(started, 'authorization_url'),
    redirectUri: REDIRECT_URI,
  });
  const finished = await post(network, `${input.agencyUrl}/session/finish`, {
    login_id: text(started, 'login_id'),
    callback_url: callbackUrl,
  });
  return text(finished, 'session_token');
}

/** Fills in the provider's two pages and returns the address that the browser would be sent back to. */
export async function walkSignIn(walk: SignInWalk): Promise<string> {
  const jar = walk.jar ?? new CookieJar();
  let url = walk.authorizationUrl;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const page = await visit(jar, url, form);
    form = undefined;
    if (page.location !== undefined) {
      url = new URL(page.location, url).href;
      if (url.startsWith(`${walk.redirectUri}?`)) return url;
      continue;
    }
    const next = fillIn(page, walk);
    url = new URL(next.action, url).href;
    form = next.form;
  }
  throw new ScriptedLoginError('the sign-in does not come to an end');
}

interface Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly html: string;
}

async function visit(jar: CookieJar, url: string, form: URLSearchParams | undefined): Promise<Page> {
  const answer = await request(url, {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'text/html',
      cookie: jar.header(url),
      ...(form === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin }),
    },
    body: form?.toString() ?? null,
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
  });
  jar.take(url, answer.headers['set-cookie']);
  const location = answer.headers['location'];
  return {
    status: answer.statusCode,
    location: typeof location === 'string' && answer.statusCode < 400 ? location : undefined,
    html: await answer.body.text(),
  };
}

function fillIn(page: Page, walk: Credentials): { action: string; form: URLSearchParams } {
  const alert = /<p role="alert">([^<]*)</.exec(page.html)?.[1];
  if (alert !== undefined || page.status !== 200) throw new ScriptedLoginError(alert ?? `status ${page.status}`);
  const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1];
  const token = /name="form_token" value="([^"]+)"/.exec(page.html)?.[1];
  if (action === undefined || token === undefined) throw new ScriptedLoginError('a page without a form');
  const asksForCode = action.endsWith('/code');
  const answers = asksForCode
    ? { code: totpCode(walk.totpSecret, totpStep(systemClock.now())) }
    : { username: walk.username, password: walk.password };
  return { action, form: new URLSearchParams({ form_token: token, ...answers }) };
}

async function post(network: Network, url: string, body: JsonObject): Promise<JsonObject> {
  const answer = await network.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: 15_000,
    maxBytes: 64 * 1024,
  });
  if (answer.status !== 200) throw new ScriptedLoginError(`the agency answered ${answer.status}`);
  return parseStrictObject(answer.body);
}

function text(body: JsonObject, member: string): string {
  const value = body[member];
  if (typeof value !== 'string') throw new ScriptedLoginError(`no ${member} in the agency's answer`);
  return value;
}
