import { createServer } from 'node:http';
import { configurationUrl, signStatusList, verifyStatusList, verifyTrustChain, verifyTrustMark } from '#trust';
import { LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { VerifiedMemory } from '../../libs/trust/io/verified-memory.js';
import { exampleFederation, ids, NOW, WARRANT } from '../../libs/trust/test/example-federation.js';
import { spreadOf, type Spread } from './percentile.js';

/** Milliseconds by the clock, one operation after the other. */
export interface TrustTimes {
  /** Four statements, keys read anew, nothing remembered. */
  readonly coldChain: Spread;
  /** The same, each statement asked for over HTTP on this machine first. */
  readonly fetchedChain: Spread;
  /** A chain that was verified before: its digest and its times. */
  readonly warmChain: Spread;
  readonly mark: Spread;
  /** Of as many agencies as there are in the country, one of a hundred suspended. */
  readonly statusList: Spread;
}

const AGENCIES = 18_000;
const WARM_UP = 20;

/** @param milliseconds how long each is measured */
export async function measureTrust(milliseconds: number): Promise<TrustTimes> {
  const federation = await exampleFederation();
  const { anchors } = federation;
  const chain = await federation.chain();
  const memory = new VerifiedMemory(anchors);
  const [jurisdiction, anchor, token] = await Promise.all([
    federation.jurisdictionChain('or'),
    federation.anchorConfiguration(),
    federation.mark({}),
  ]);
  const shown = { type: WARRANT, token };
  const suspended = Array.from({ length: AGENCIES / 100 }, (_, index) => [index * 100, 'suspended'] as const);
  const list = await signStatusList({
    issuer: ids.or,
    statuses: new Map(suspended),
    size: AGENCIES,
    issuedAt: NOW,
    key: federation.keys.or,
  });
  const keys = jurisdiction.federationKeys;
  const times = (run: () => Promise<unknown>) => timesOf(run, milliseconds);
  const verify = () => verifyTrustChain({ chain, anchors, now: NOW });
  return {
    coldChain: await times(verify),
    fetchedChain: await fetched(chain, (tokens) => verifyTrustChain({ chain: tokens, anchors, now: NOW }), times),
    warmChain: await times(() => memory.chain(chain, NOW)),
    mark: await times(() => verifyTrustMark({ shown, subject: jurisdiction, issuer: jurisdiction, anchor, now: NOW })),
    statusList: await times(() => verifyStatusList({ token: list, issuer: ids.or, keys, now: NOW })),
  };
}

/** Each statement from a server that does nothing but hand it out, all at once, as the node's own client asks. */
async function fetched(
  chain: readonly string[],
  verify: (tokens: string[]) => Promise<unknown>,
  times: (run: () => Promise<unknown>) => Promise<Spread>,
): Promise<Spread> {
  const server = createServer((request, response) => {
    response.end(chain[Number(request.url?.slice(1, 2))]);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  const get = async (index: number) => {
    const url = configurationUrl(`http://127.0.0.1:${port}/${index}`);
    return (await network.request({ method: 'GET', url, headers: {}, timeoutMs: 2_000, maxBytes: 65_536 })).body;
  };
  const spread = await times(async () => verify(await Promise.all(chain.map((_, index) => get(index)))));
  await network.close();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return spread;
}

async function timesOf(run: () => Promise<unknown>, milliseconds: number): Promise<Spread> {
  for (let i = 0; i < WARM_UP; i += 1) await run();
  const until = performance.now() + milliseconds;
  const values: number[] = [];
  while (performance.now() < until) {
    const started = performance.now();
    await run();
    values.push(performance.now() - started);
  }
  return spreadOf(values);
}
