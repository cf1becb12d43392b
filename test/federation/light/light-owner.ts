import type { DataSource } from 'typeorm';
import { startedFields } from '#exchange';
import {
  LogFollower,
  WitnessJob,
  WitnessWatch,
  askWitnesses,
  otherWitnesses,
  publishedBy,
  type ExchangeNode,
  type Ports,
} from '#exchange/io';
import { Ledger, SeenCheckpoints, SideRecords, type Witness } from '#ledger/io';
import type { Clock, JsonObject } from '#protocol';
import { OwnConfiguration, type TrustDirectory } from '#trust/io';
import type { AgencyNode } from '../../../apps/agency/src/agency-node.js';
import { assembleNode, witnessOf } from '../../../apps/agency/src/assemble-node.js';
import { readAgencyConfig, type AgencyConfig } from '../../../apps/agency/src/config.js';
import { EncryptionKeys } from '../../../apps/agency/src/keys/encryption-keys.js';
import type { Environment } from '../../../apps/sandbox/src/lay-out.js';

/** What light owners share in their one process. */
export interface SharedParts {
  /** One view of the federation for all. */
  readonly directory: TrustDirectory;
  readonly ports: Ports;
  readonly log: (line: string) => void;
}

/** A holding agency with its own keys, rule and ledger, and the code of every agency to answer with. */
export interface LightOwner {
  readonly node: AgencyNode;
  readonly config: AgencyConfig;
  readonly witness: Witness;
  /** Has its ledger cosigned where it has grown. */
  cosignHead(): Promise<void>;
  close(): Promise<void>;
}

/** So much more seldom does the ledger of a light owner look at its queue unasked; whoever waits for a receipt wakes it. */
const UNHURRIED = 40;

export async function openLightOwner(
  environment: Environment,
  dataSource: DataSource,
  { directory, ports, log }: SharedParts,
): Promise<LightOwner> {
  const config = await readAgencyConfig(environment);
  const { node: own } = config;
  const { entityId, anchors } = own;
  const { clock, network } = ports;
  const ledger = await openLedger(config, dataSource, ports);
  const keys = { dataSource, ledger, entityId, clock, ...config.encryption };
  const encryption = await EncryptionKeys.open(keys);
  const seen = new SeenCheckpoints({ dataSource, clock });
  const configuration = new OwnConfiguration({
    entityId,
    superior: own.superior,
    federationKey: own.keys.federation,
    metadata: { comity_agency: stated(config, encryption) },
    trustMarkTypes: [],
    anchors,
    directory,
    network,
    clock,
  });
  const witnessWatch = new WitnessWatch({
    ledger,
    dataSource,
    entityId,
    policy: undefined,
    graceMs: own.unwitnessedSeconds * 1000,
    clock,
    log,
  });
  const parts: ExchangeNode & { own: OwnConfiguration; seen: SeenCheckpoints } = {
    ...ports,
    entityId,
    signingKey: own.keys.signing,
    dataSource,
    ledger,
    follower: new LogFollower(seen, network, (keeper) => otherWitnesses(directory, keeper)),
    directory,
    witnesses: () => [],
    witnessPolicy: undefined,
    witnessWatch,
    own: configuration,
    seen,
  };
  const node = assembleNode(config, parts, ports, encryption);
  const doors = () => anchors.map((anchor) => `${anchor.entityId}/witness`);
  const job = new WitnessJob(
    ledger,
    network,
    clock,
    doors,
    () => directory.witnessKeys(),
    log,
    () => witnessWatch.look(),
  );
  return {
    node,
    config,
    witness: witnessOf(node, parts),
    async cosignHead() {
      await job.cosignHead();
      await witnessWatch.look();
    },
    async close() {
      await ledger.stop();
      await dataSource.destroy();
    },
  };
}

function stated(config: AgencyConfig, encryption: EncryptionKeys): JsonObject {
  const { node: own, witnessKey } = config;
  return {
    ...publishedBy(own),
    jwks: { keys: [own.keys.signing.publicJwk, ...encryption.published()] },
    witness_vkey: witnessKey.vkey,
    providers: [],
  };
}

async function openLedger({ node: own }: AgencyConfig, dataSource: DataSource, ports: Ports): Promise<Ledger> {
  const { clock, randomness, network } = ports;
  const unhurried: Clock = { now: () => clock.now(), sleep: (milliseconds) => clock.sleep(milliseconds * UNHURRIED) };
  const origin = own.keys.ledger.name;
  const doors = own.anchors.map(({ entityId }) => ({ entityId, url: `${entityId}/witness` }));
  const ledger = new Ledger({
    dataSource,
    origin,
    noteKey: own.keys.ledger,
    receiptKey: own.keys.signing,
    issuer: own.entityId,
    clock: unhurried,
    randomness,
    askWitnesses: () => askWitnesses(origin, doors, network),
    sideRecords: new SideRecords(own.keys.sideRecords, randomness),
  });
  await ledger.start();
  const fields = startedFields({ node: own.entityId });
  await ledger.append(dataSource.manager, { receiptId: 'started', kind: 'started', fields });
  await ledger.integrated('started');
  return ledger;
}
