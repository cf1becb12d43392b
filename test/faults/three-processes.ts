import { startFederation } from '../federation/start-federation.js';
import { PARTIES, exchangeIn, type ExchangeUnderTest, type Role } from './exchange-under-test.js';
import { PartyChild } from './party-child.js';

/** An exchange of which each party is a process that can be killed. */
export interface ThreeProcesses extends ExchangeUnderTest {
  readonly child: Readonly<Record<Role, PartyChild>>;
  close(): Promise<void>;
}

export async function startThreeProcesses(): Promise<ThreeProcesses> {
  const children = new Map<string, PartyChild>();
  const federation = await startFederation({
    start: [PARTIES.requester, PARTIES.owner],
    elsewhere: (party, environment) => {
      const child = new PartyChild(party, environment);
      children.set(party, child);
      return child.start();
    },
  });
  const childOf = (role: Role): PartyChild => {
    const child = children.get(PARTIES[role]);
    if (child === undefined) throw new Error(`no process of the ${role}`);
    return child;
  };
  const exchange = await exchangeIn(federation);
  return {
    ...exchange,
    child: { requester: childOf('requester'), broker: childOf('broker'), owner: childOf('owner') },
    async close() {
      await exchange.closeDatabases();
      await federation.close();
    },
  };
}
