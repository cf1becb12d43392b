import type { DataSource } from 'typeorm';
import { PeerCheckpoints } from '#exchange/io';
import { Ledger, SeenCheckpoints, SideRecords } from '#ledger/io';
import type { Clock, Network, Randomness } from '#protocol';
import { ActsDesk } from './acts/acts-desk.js';
import { ActsStore } from './acts/acts.store.js';
import { performWith } from './acts/perform-act.js';
import { AgreementDesk } from './agreements/agreement-desk.js';
import { AuthorityConfigError } from './authority-config-error.js';
import { askPolicy, witnessJobOf } from './ledger-witnesses.js';
import { rollAuthorityKeys } from './authority-key-rollover.js';
import { authorityNamed, type AuthorityNode } from './authority-node.js';
import type { AuthorityConfig } from './config.js';
import { Challenges } from './enrolment/challenges.js';
import { EnrolmentDesk } from './enrolment/enrolment-desk.js';
import { EnrolmentStore } from './enrolment/enrolment.store.js';
import { EventFeed, type RecordedEvent } from './event-feed.js';
import { EventPush } from './event-push.js';
import { importRegister, readIdentity } from './import-register.js';
import { KeyHistoryStore } from './key-history.store.js';
import { RegisterChanges } from './register-changes.js';
import { RegisterStore } from './register.store.js';
import { jurisdictionEntityId } from './register.js';
import { EntityResolver } from './resolve-entity.js';
import { StatementDesk, type Authority } from './statement-desk.js';
import { StatusDesk } from './status-desk.js';
import { StatusStore } from './status.store.js';
import { WitnessedLedgersJob } from './witnessed-ledgers.job.js';

export interface AuthorityPorts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly network: Network;
  /** Initialised, migrated, with `AUTHORITY_ENTITIES`; the caller closes it. */
  readonly dataSource: DataSource;
  readonly log?: (line: string) => void;
}

/**
 * Opens what the handlers stand on: the ledger, the register (imported from its file at the first start), the keys as their
 * files have them now.
 *
 * @throws AuthorityConfigError where there is neither a register in the database nor a file of one, or a key is missing
 */
export async function openAuthority(config: AuthorityConfig, ports: AuthorityPorts): Promise<AuthorityNode> {
  const { clock, dataSource, network, log = () => undefined } = ports;
  const ledger = ledgerOf(config, ports);
  await ledger.start();
  const witnessJob = witnessJobOf(config.witnessPolicy, ledger, ports, log);
  const store = new RegisterStore(dataSource);
  const status = new StatusStore(dataSource);
  const keys = new KeyHistoryStore(dataSource);
  const feed = new EventFeed(dataSource, ledger, ports);
  const changes = new RegisterChanges(status, keys, feed);
  const imported = await importAtFirstStart(config, { dataSource, changes, keys, clock });
  const { anchor, jurisdictions } = await authoritiesOf(config, store, dataSource);
  for (const authority of [anchor, ...jurisdictions.values()]) {
    const id = [...jurisdictions].find(([, each]) => each === authority)?.[0] ?? 'anchor';
    await rollAuthorityKeys(dataSource, keys, { authority, next: config.keys.next.get(id), at: clock.now() });
  }
  const desk = new StatementDesk(store, keys, clock);
  const superiors = () => [anchor, ...jurisdictions.values()].map(({ entityId }) => entityId);
  const push = new EventPush(store, superiors, ledger, { network, clock }, log);
  if (imported.length > 0 && !ledger.signs) {
    await ledger.stop();
    throw new AuthorityConfigError([
      'COMITY_WITNESS_POLICY: none of its witnesses answers, and without one nothing is signed: start one, then this again',
    ]);
  }
  // At the first start nobody listens yet who could be told; what is in the ledger is in the feed.
  for (const { receiptId } of imported.slice(-1)) await ledger.integrated(receiptId, { timeoutMs: 60_000 });
  const parts = { anchor, jurisdictions, clock, dataSource, store, status, keys, desk, feed, push, changes, ledger };
  const doors = doorsOf({ ...parts, randomness: ports.randomness });
  const seen = new SeenCheckpoints({ dataSource, clock });
  const peers = new PeerCheckpoints(anchor.entityId, ledger, dataSource);
  return {
    ...parts,
    ...doors,
    witnessJob,
    peers,
    witnessedLedgers: new WitnessedLedgersJob(store, seen, peers, clock, log),
    statusDesk: new StatusDesk(status, clock),
    resolver: new EntityResolver(parts, { network, clock }),
    witness: {
      key: config.keys.witness,
      seen,
      clock,
      logs: { get: (origin) => store.ledger(origin) },
    },
  };
}

/** Where applicants and persons come in. */
function doorsOf(
  parts: Pick<
    AuthorityNode,
    'anchor' | 'jurisdictions' | 'clock' | 'dataSource' | 'store' | 'keys' | 'push' | 'changes'
  > & {
    readonly randomness: Randomness;
  },
): Pick<AuthorityNode, 'acts' | 'actsStore' | 'enrolments' | 'enrolmentStore'> {
  const { dataSource, store, keys, push, changes, clock } = parts;
  const anchor = parts.anchor.entityId;
  const authorityOf = (entityId: string) => authorityNamed(parts, entityId);
  const superiors = () => [parts.anchor, ...parts.jurisdictions.values()].map(({ entityId }) => entityId);
  const actsStore = new ActsStore(dataSource);
  const enrolmentStore = new EnrolmentStore(dataSource);
  const agreements = new AgreementDesk(anchor, changes, authorityOf, superiors);
  const perform = performWith({ anchor, changes, acts: actsStore, enrolments: enrolmentStore, agreements });
  const challenges = new Challenges(parts.randomness, clock);
  return {
    actsStore,
    enrolmentStore,
    acts: new ActsDesk(dataSource, actsStore, authorityOf, anchor, perform, push, clock),
    enrolments: new EnrolmentDesk(dataSource, enrolmentStore, store, keys, changes, challenges, push, clock),
  };
}

function ledgerOf(
  { anchor, keys, witnessPolicy }: AuthorityConfig,
  { dataSource, clock, randomness, network }: AuthorityPorts,
): Ledger {
  const { ledger: noteKey, receipts: receiptKey } = keys;
  const identity = { origin: noteKey.name, issuer: anchor, noteKey, receiptKey };
  const ask = askPolicy(witnessPolicy, noteKey.name, network);
  const sideRecords = new SideRecords(keys.sideRecords, randomness);
  return new Ledger({ ...identity, dataSource, clock, randomness, sideRecords, askWitnesses: ask });
}

async function importAtFirstStart(
  config: AuthorityConfig,
  parts: { dataSource: DataSource; changes: RegisterChanges; keys: KeyHistoryStore; clock: Clock },
): Promise<RecordedEvent[]> {
  const { register, anchor, keys } = config;
  if (register === undefined) return [];
  const own = authority(config, anchor, register.name, keys.anchor);
  const below = register.jurisdictions.map(({ id, entityId, name }) =>
    authority(config, entityId, name, keyOf(config, id)),
  );
  const authorityOf = (entityId: string): Authority => below.find((each) => each.entityId === entityId) ?? own;
  const { clock, ...stores } = parts;
  return (await importRegister({ ...stores, register, anchor: own, authorityOf, at: clock.now() })) ?? [];
}

async function authoritiesOf(
  config: AuthorityConfig,
  store: RegisterStore,
  dataSource: DataSource,
): Promise<Pick<AuthorityNode, 'anchor' | 'jurisdictions'>> {
  const { anchor, keys } = config;
  const identity = await readIdentity(dataSource, anchor);
  if (!identity) throw new AuthorityConfigError(['COMITY_REGISTER is missing: the database holds no register yet']);
  const jurisdictions = (await store.jurisdictions(anchor)).flatMap(({ entityId, name }): [string, Authority][] => {
    const id = entityId.slice(jurisdictionEntityId(anchor, '').length);
    // A jurisdiction that runs its own authority is below this anchor, and not of this process.
    if (entityId !== jurisdictionEntityId(anchor, id)) return [];
    return [[id, authority(config, entityId, name, keyOf(config, id))]];
  });
  return { anchor: authority(config, anchor, identity.name, keys.anchor), jurisdictions: new Map(jurisdictions) };
}

function keyOf({ keys }: AuthorityConfig, id: string): Authority['key'] {
  const key = keys.jurisdictions.get(id);
  if (!key) throw new AuthorityConfigError([`COMITY_AUTHORITY_KEYS: the key of the jurisdiction \`${id}\` is missing`]);
  return key;
}

function authority(config: AuthorityConfig, entityId: string, name: string, key: Authority['key']): Authority {
  const { anchor, keys } = config;
  return {
    entityId,
    anchor,
    name,
    key,
    witnessVkeys: entityId === anchor ? [keys.witness.vkey] : [],
    ledger: {
      origin: keys.ledger.name,
      vkey: keys.ledger.vkey,
      receiptJwks: { keys: [keys.receipts.publicJwk] },
    },
  };
}
