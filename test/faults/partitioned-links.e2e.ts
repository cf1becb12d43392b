import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '#protocol';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { someOf } from '../support/how-much.js';
import { faultsOfEnd, settled } from './end-state.js';
import { PARTIES, ROLES, askUntilEnded, environmentOf, exchangeIn, nextCase } from './exchange-under-test.js';
import type { ExchangeUnderTest } from './exchange-under-test.js';
import { LINK_FAULTS, linkTo, type LinkFault, type LinkProxy } from './link-proxy.js';

/** `npm run faults` takes every fault of every link; a plain test run some, each day other ones. */
const EVERY = process.env['COMITY_CRASH_POINTS'] === 'all';
const SOME = 2;
/** How long a link is ill, and within what everything is over once it is well again (F12). */
const ILL_MS = 4_000;
const RECOVERED_WITHIN_MS = 30_000;

const LINKS = ['requester to broker', 'broker to owner', 'owner to broker'] as const;
type LinkName = (typeof LINKS)[number];
const CASES = LINKS.flatMap((link) => LINK_FAULTS.map((fault) => ({ link, fault })));

let federation: TestFederation;
let exchange: ExchangeUnderTest;
const links = new Map<LinkName, LinkProxy>();

beforeAll(async () => {
  federation = await startFederation({
    start: [PARTIES.requester, PARTIES.owner],
    ports: (party, ports) => ({ ...ports, network: overLinks(party, ports.network) }),
  });
  for (const link of LINKS) links.set(link, await linkTo(portOf(link)));
  exchange = await exchangeIn(federation);
});

afterAll(async () => {
  await exchange.closeDatabases();
  await federation.close();
  for (const link of links.values()) await link.close();
});

describe('F12: a link between two parties of an exchange is ill', () => {
  test.each<{ link: LinkName; fault: LinkFault }>([...(EVERY ? CASES : someOf(CASES, SOME))])(
    '$link, $fault: one end state and nothing twice, within half a minute of its being well again',
    async ({ link, fault }) => {
      const proxy = links.get(link);
      if (proxy === undefined) throw new Error(`no link ${link}`);
      // Connections stand that the fault can meet.
      const before = nextCase();
      await askUntilEnded(exchange, before, { withinMs: RECOVERED_WITHIN_MS });
      const met = proxy.met;
      proxy.set(fault);
      const caseNumber = nextCase();
      const ended = askUntilEnded(exchange, caseNumber, { withinMs: ILL_MS + RECOVERED_WITHIN_MS });
      ended.catch(() => undefined);
      await sleep(ILL_MS);
      proxy.set(undefined);
      await ended;
      expect(proxy.met).toBeGreaterThan(met);
      expect(faultsOfEnd(await settled(exchange, caseNumber), 'reads')).toEqual([]);
      expect(faultsOfEnd(await settled(exchange, before), 'reads')).toEqual([]);
      for (const role of ROLES) expect(await healthOf(environmentOf(federation, role)['COMITY_ENTITY_ID'])).toBe(200);
    },
    120_000,
  );
});

/** Calls from one party to another over the link between them; all other calls as they are. */
function overLinks(party: string, network: Network): Network {
  const own = LINKS.filter((link) => partyOf(link.split(' to ')[0]) === party);
  return {
    request(input) {
      const url = new URL(input.url);
      const link = own.find((each) => links.has(each) && portOf(each) === Number(url.port));
      const proxy = link === undefined ? undefined : links.get(link);
      if (proxy === undefined) return network.request(input);
      url.port = String(proxy.port);
      return network.request({ ...input, url: url.href });
    },
  };
}

function partyOf(role: string | undefined): string {
  return ROLES.map((each) => [each, PARTIES[each]] as const).find(([each]) => each === role)?.[1] ?? '';
}

function portOf(link: LinkName): number {
  const to = ROLES.find((role) => link.endsWith(` to ${role}`)) ?? 'broker';
  return Number(new URL(environmentOf(federation, to)['COMITY_ENTITY_ID'] ?? '').port);
}

async function healthOf(entityId = ''): Promise<number> {
  const url = `${entityId}/health`;
  return (await federation.network.request({ method: 'GET', url, timeoutMs: 5_000, maxBytes: 64_000 })).status;
}
