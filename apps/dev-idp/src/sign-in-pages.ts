import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { Account } from './accounts.js';
import { codePage, messagePage, PAGE_HEADERS, passwordPage, type SignInView } from './pages.js';
import type { SignIn, SignIns } from './sign-in.js';

/** Given only after both factors; there is no other way to sign in here. */
export const MFA_ACR = 'urn:comity:acr:mfa';
const MFA_AMR = ['pwd', 'otp'];

const ROUTE = /^\/interaction\/([A-Za-z0-9_-]{1,64})(?:\/(password|code|cancel))?$/;
const MAX_FORM_BYTES = 4096;

class FormRefused extends Error {}

/** The provider's pages at `/interaction/...`; everything else is oidc-provider's own. */
export class SignInPages {
  constructor(
    private readonly provider: Provider,
    private readonly signIns: SignIns,
    private readonly agencyNames: ReadonlyMap<string, string>,
  ) {}

  /** `false` where the path is not one of these pages. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = request.url ?? '';
    const match = ROUTE.exec(path);
    const uid = match?.[1];
    if (uid === undefined) return false;
    const action = match?.[2];
    if (request.method !== (action === undefined ? 'GET' : 'POST')) {
      send(response, 405, messagePage('Not allowed', 'this page does not take that method'));
      return true;
    }
    try {
      const signIn = await this.#open(request, response, uid);
      if (action === undefined) this.#show(response, signIn);
      else await this.#submit(request, response, signIn, action);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) {
        send(response, 400, messagePage('Sign-in expired', 'start the sign-in again'));
      } else if (error instanceof FormRefused) {
        send(response, 403, messagePage('Refused', 'this form was not sent from the sign-in page'));
      } else throw error;
    }
    return true;
  }

  /** The interaction is found by the browser's signed cookie, never by the path alone. */
  async #open(request: IncomingMessage, response: ServerResponse, uid: string): Promise<SignIn> {
    const interaction = await this.provider.interactionDetails(request, response);
    if (interaction.uid !== uid) throw new errors.SessionNotFound('another sign-in');
    return this.signIns.at(uid, String(interaction.params['client_id']));
  }

  #show(response: ServerResponse, signIn: SignIn): void {
    const view: SignInView = {
      path: `/interaction/${signIn.uid}`,
      formToken: signIn.formToken,
      agency: this.agencyNames.get(signIn.clientId) ?? signIn.clientId,
      ...(signIn.error === undefined ? {} : { error: signIn.error }),
    };
    const html =
      signIn.account === undefined ? passwordPage(view) : codePage(view, this.signIns.currentDemoCode(signIn));
    send(response, signIn.error === undefined ? 200 : 401, html);
  }

  async #submit(request: IncomingMessage, response: ServerResponse, signIn: SignIn, action: string): Promise<void> {
    const form = await readForm(request, this.provider.issuer);
    if (!sameText(form.get('form_token') ?? '', signIn.formToken)) throw new FormRefused();
    if (action === 'cancel') {
      this.signIns.end(signIn);
      await this.provider.interactionFinished(request, response, { error: 'access_denied' });
    } else if (action === 'password') {
      await this.signIns.checkPassword(signIn, form.get('username') ?? '', form.get('password') ?? '');
      this.#show(response, signIn);
    } else {
      const account = this.signIns.checkCode(signIn, form.get('code') ?? '');
      if (account === undefined) this.#show(response, signIn);
      else await this.#finish(request, response, signIn, account);
    }
  }

  /** No consent page: the clients are the agencies' own nodes. */
  async #finish(request: IncomingMessage, response: ServerResponse, signIn: SignIn, account: Account): Promise<void> {
    const grant = new this.provider.Grant({ accountId: account.sub, clientId: signIn.clientId });
    grant.addOIDCScope('openid');
    await this.provider.interactionFinished(
      request,
      response,
      {
        login: { accountId: account.sub, acr: MFA_ACR, amr: MFA_AMR, remember: false },
        consent: { grantId: await grant.save() },
      },
      { mergeWithLastSubmission: false },
    );
  }
}

/** One value a field (W29), from our own page by the browser's word where it gives one (W18). */
async function readForm(request: IncomingMessage, issuer: string): Promise<ReadonlyMap<string, string>> {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== new URL(issuer).origin) throw new FormRefused();
  if (request.headers['content-type']?.split(';')[0] !== 'application/x-www-form-urlencoded') throw new FormRefused();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw new FormRefused();
    chunks.push(chunk);
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(Buffer.concat(chunks).toString('utf8'))) {
    if (form.has(name)) throw new FormRefused();
    form.set(name, value);
  }
  return form;
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, PAGE_HEADERS).end(html);
}
