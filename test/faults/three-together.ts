import type { HttpRequest, HttpResponse, Network } from '#protocol';
import { ProtocolError } from '#protocol';
import type { FederationOptions } from '../federation/start-federation.js';
import { startFederation } from '../federation/start-federation.js';
import { PARTIES, ROLES, exchangeIn, type ExchangeUnderTest, type Role } from './exchange-under-test.js';

type Meddle = (call: string, send: () => Promise<HttpResponse>, request: HttpRequest) => Promise<HttpResponse>;

/** An exchange of parties in this process; what each sends can be held, delayed and seen. */
export interface ThreeTogether extends ExchangeUnderTest {
  /** Stands before every call of a party from now on: `POST /grants`, for one. */
  meddle(role: Role, meddle: Meddle | undefined): void;
  close(): Promise<void>;
}

export async function startThreeTogether(
  options: Pick<FederationOptions, 'databaseUrl'> & {
    /** Where the test itself looks into a database, if not where its party does. */
    readonly lookAt?: (role: Role) => string;
  } = {},
): Promise<ThreeTogether> {
  const meddling = new Map<Role, Meddle>();
  const federation = await startFederation({
    ...options,
    start: [PARTIES.requester, PARTIES.owner],
    ports: (party, ports) => {
      const role = ROLES.find((each) => PARTIES[each] === party);
      return role === undefined ? ports : { ...ports, network: meddled(ports.network, () => meddling.get(role)) };
    },
  });
  const exchange = await exchangeIn(federation, options.lookAt);
  return {
    ...exchange,
    meddle(role, meddle) {
      if (meddle === undefined) meddling.delete(role);
      else meddling.set(role, meddle);
    },
    async close() {
      await exchange.closeDatabases();
      await federation.close();
    },
  };
}

function meddled(inner: Network, current: () => Meddle | undefined): Network {
  return {
    request(request) {
      const send = () => inner.request(request);
      const meddle = current();
      return meddle === undefined
        ? send()
        : meddle(`${request.method} ${new URL(request.url).pathname}`, send, request);
    },
  };
}

/** Waits until the requester has signed a request, keeps it from leaving, and returns it. `release` lets it go. */
export function holdRequest(three: ThreeTogether): { readonly held: Promise<string>; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  three.meddle('requester', (call, send, request) => {
    if (call !== 'POST /requests') return send();
    resolve(request.body ?? '');
    return Promise.reject(new ProtocolError('network_failed', 'held by a test'));
  });
  return { held: promise, release: () => three.meddle('requester', undefined) };
}
