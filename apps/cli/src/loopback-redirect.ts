import { createServer, type Server, type ServerResponse } from 'node:http';
import { CliError } from './cli-error.js';

/** Where the provider sends the browser back to: an address that only this machine can reach (RFC 8252 §7.3). */
export interface LoopbackRedirect {
  readonly redirectUri: string;
  /**
   * The whole address of the redirect that carries `state`. Anything else that calls is answered and ignored: a page of
   * another site can reach this port, and must not use up the login.
   */
  redirected(state: string): Promise<string>;
  close(): void;
}

const PAGE = (text: string) => `<!doctype html><meta charset="utf-8"><title>comity</title><p>${text}</p>\n`;

/** Listens on a free port of 127.0.0.1. */
export async function listenForRedirect(): Promise<LoopbackRedirect> {
  const server = createServer();
  server.requestTimeout = 10_000;
  const port = await listening(server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    redirectUri: `${origin}/callback`,
    redirected: (state) =>
      new Promise((resolve) => {
        server.on('request', ({ method, url = '' }, response) => {
          const address = URL.parse(url, origin);
          const isOurs =
            method === 'GET' &&
            address?.origin === origin &&
            address.pathname === '/callback' &&
            address.searchParams.getAll('state').join() === state;
          if (!isOurs) {
            answer(response, 400, 'This is not the page that is waited for.');
            return;
          }
          answer(response, 200, 'You can close this page and go back to your terminal.');
          resolve(address.href);
        });
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new CliError('refused', 'this machine does not let a program listen on 127.0.0.1', {}, { cause }));
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'",
    connection: 'close',
  });
  response.end(PAGE(text));
}
