import { createHash } from 'node:crypto';

const STYLE = [
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}',
  'label{display:block;margin-top:1rem;font-weight:600}',
  'input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:2px solid #555;border-radius:4px}',
  'button{font:inherit;margin:1rem .5rem 0 0;padding:.5rem 1rem;border:2px solid #0b3d66;border-radius:4px}',
  'button[type=submit]{background:#0b3d66;color:#fff}',
  ':focus-visible{outline:3px solid #b35900;outline-offset:2px}',
  '[role=alert]{border-left:4px solid #a10000;padding:.5rem 1rem;background:#fff0f0}',
  '.note{border:2px dashed #555;padding:.5rem 1rem}',
].join('');

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * No script, nothing from elsewhere, no frame (W18). `form-action` names the loopback address because browsers apply it to
 * the redirect that follows the form as well, and that leads to the command's own listener.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    "form-action 'self' http://127.0.0.1:*",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

export interface SignInView {
  /** Path of this sign-in, without a trailing slash. */
  readonly path: string;
  readonly formToken: string;
  readonly agency: string;
  readonly error?: string;
}

export function passwordPage(view: SignInView): string {
  return page(`Sign in to ${view.agency}`, [
    alert(view.error),
    `<form method="post" action="${escape(view.path)}/password">`,
    formToken(view),
    '<label for="username">User name</label>',
    '<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>',
    '<label for="password">Password</label>',
    '<input id="password" name="password" type="password" autocomplete="current-password" required>',
    '<button type="submit">Continue</button>',
    '</form>',
    cancelForm(view),
  ]);
}

/** `demoCode` only for a demonstration account. */
export function codePage(view: SignInView, demoCode: string | undefined): string {
  return page(`One-time code for ${view.agency}`, [
    alert(view.error),
    demoCode === undefined
      ? ''
      : `<p class="note">Demonstration account: the current code is <strong>${escape(demoCode)}</strong>. A real account shows it only in its owner's authenticator app.</p>`,
    `<form method="post" action="${escape(view.path)}/code">`,
    formToken(view),
    '<label for="code">Six-digit code from your authenticator app</label>',
    '<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required autofocus>',
    '<button type="submit">Sign in</button>',
    '</form>',
    cancelForm(view),
  ]);
}

export function messagePage(title: string, text: string): string {
  return page(title, [`<p role="alert">${escape(text)}</p>`]);
}

function page(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escape(title)}</h1>`,
    ...parts,
    '<p><small>Development identity provider of Comity. Not for real accounts.</small></p>',
    '</main></body></html>',
  ].join('\n');
}

function alert(error: string | undefined): string {
  return error === undefined ? '' : `<p role="alert">${escape(error)}</p>`;
}

function formToken(view: SignInView): string {
  return `<input type="hidden" name="form_token" value="${escape(view.formToken)}">`;
}

function cancelForm(view: SignInView): string {
  return `<form method="post" action="${escape(view.path)}/cancel">${formToken(view)}<button>Cancel</button></form>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
