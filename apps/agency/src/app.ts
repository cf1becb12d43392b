import { Module, type DynamicModule } from '@nestjs/common';
import {
  AddCheckpointController,
  CosignedController,
  NODE_CONTROLLERS,
  WITNESS,
  nodeProviders,
  openNode,
  readCheckpointsAsBytes,
  readEventsAsText,
  startOrClose,
  type OpenNode,
  type Ports,
} from '#exchange/io';
import type { JsonObject } from '#protocol';
import { createHttpApp } from '#protocol/io';
import { namesReads } from '#reads/io';
import { flushTracing } from '#tracing/io';
import { migrations } from '../../../migrations/agency/index.js';
import type { AgencyNode } from './agency-node.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AlertsJob } from './alerts/alerts.job.js';
import { AlertsOnArrival } from './alerts/alerts-on-arrival.js';
import { noteFollowed } from './alerts/follow-plate.js';
import { StandingAlertsJob } from './alerts/standing-alerts.job.js';
import { HotListsController } from './alerts/hot-lists.controller.js';
import { recordHits } from './alerts/record-hits.js';
import { AskingJob } from './asking.job.js';
import { AsksController } from './asks.controller.js';
import { openCameraDoor } from './cameras/camera-door.js';
import { CamerasController } from './cameras/cameras.controller.js';
import { assembleNode, witnessOf } from './assemble-node.js';
import type { AgencyConfig } from './config.js';
import { AGENCY_NODE, HoldingController } from './holding.controller.js';
import { ExportsController } from './exports/exports.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { RetentionController } from './retention/retention.controller.js';
import { EncryptionKeysJob } from './keys/encryption-keys.job.js';
import { EncryptionKeys } from './keys/encryption-keys.js';
import { DeclarationsController } from './declarations.controller.js';
import { DutiesController, DutyReportsController } from './duties/duties.controller.js';
import { DutyJob } from './duties/duty.job.js';
import { WarrantAttestationsController } from './legal-process/warrant-attestations.controller.js';
import { problemOfAgency } from './problem-of-agency.js';
import { RecallJob } from './recall.job.js';
import { ReconciliationController } from './reconciliation/reconciliation.controller.js';
import { ReconciliationJob } from './reconciliation/reconciliation.job.js';
import { RetentionJob } from './retention.job.js';
import { RuleDriftJob } from './rule-drift.job.js';
import { RefusedMarksController } from './refused-marks.controller.js';
import { RulesController } from './rules.controller.js';
import { OfficerSessions, SessionModule } from './session/index.js';
import { TraceController } from './trace.controller.js';

@Module({})
class AgencyModule {
  static of(node: AgencyNode, open: OpenNode, sessions: OfficerSessions): DynamicModule {
    return {
      module: AgencyModule,
      imports: [SessionModule.register(sessions)],
      controllers: [
        ...NODE_CONTROLLERS,
        AddCheckpointController,
        CosignedController,
        AlertsController,
        AsksController,
        CamerasController,
        DeclarationsController,
        WarrantAttestationsController,
        DutiesController,
        DutyReportsController,
        HoldingController,
        HoldsController,
        ExportsController,
        RetentionController,
        HotListsController,
        RefusedMarksController,
        RulesController,
        TraceController,
        ReconciliationController,
      ],
      providers: [
        { provide: AGENCY_NODE, useValue: node },
        { provide: WITNESS, useValue: witnessOf(node, open) },
        ...nodeProviders(open, node),
      ],
    };
  }
}

/** An agency's node that listens. */
export interface RunningAgency {
  readonly node: AgencyNode;
  readonly url: string;
  close(): Promise<void>;
}

const BODY_BYTES = 192 * 1024;
const HANDLER_TIMEOUT_MS = 45_000;

/** Boots an agency's node. Tests wrap the ports; the sandbox and `main.ts` boot the same thing. */
export async function startAgency(
  config: AgencyConfig,
  ports: Ports,
  log: (line: string) => void,
): Promise<RunningAgency> {
  const holder: { encryption?: EncryptionKeys; provider: JsonObject[]; node?: AgencyNode } = { provider: [] };
  const open = await openNode({
    config: config.node,
    ports,
    log,
    migrations,
    isPlannedAnew: namesReads,
    keptTransactions: () => {
      // Unknown holds are no reason to erase anything.
      if (holder.node === undefined) throw new TypeError('the node is not assembled yet');
      return holder.node.holds.transactions();
    },
    entityType: 'comity_agency',
    metadata: () => () => ({
      jwks: { keys: [config.node.keys.signing.publicJwk, ...(holder.encryption?.published() ?? [])] },
      witness_vkey: config.witnessKey.vkey,
      providers: holder.provider,
    }),
  });
  const sessions = new OfficerSessions({
    dataSource: open.dataSource,
    ...ports,
    provider: config.provider,
    pseudonymKey: config.pseudonymKey,
  });
  holder.provider = [await sessions.providerKeys()] as unknown as JsonObject[];
  const { dataSource, ledger, entityId } = open;
  const encryption = { dataSource, ledger, entityId, clock: ports.clock, ...config.encryption };
  holder.encryption = await EncryptionKeys.open(encryption);
  const node = assembleNode(config, open, ports, holder.encryption);
  holder.node = node;
  const job = new AskingJob(node, log);
  const retention = new RetentionJob(node, log);
  const recall = new RecallJob(node, log);
  const duty = new DutyJob(node, log);
  const drift = new RuleDriftJob(node, log);
  const alerts = new AlertsJob(node, log);
  const standing = new StandingAlertsJob(node, log);
  const arrivals = new AlertsOnArrival(
    async (reads) => {
      await recordHits(reads, node);
      if ((await noteFollowed(reads, node)) > 0) standing.found();
    },
    () => log('alerts: reads could not be compared; they are tried again'),
  );
  node.reads.whenStored((reads) => arrivals.arrived(reads));
  const reconciliation = new ReconciliationJob(node, log);
  const keys = new EncryptionKeysJob(node, log);
  const app = await createHttpApp(AgencyModule.of(node, open, sessions), {
    problemOf: problemOfAgency,
    bodyLimit: BODY_BYTES,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
  });
  readEventsAsText(app);
  readCheckpointsAsBytes(app);
  openCameraDoor(app, node, problemOfAgency);
  await app.listen(config.node.port, config.node.host);
  await startOrClose(open, app);
  job.start();
  retention.start();
  recall.start();
  duty.start();
  drift.start();
  alerts.start();
  reconciliation.start();
  keys.start();
  standing.start();
  return {
    node,
    url: await app.getUrl(),
    close: async () => {
      retention.stop();
      recall.stop();
      duty.stop();
      drift.stop();
      alerts.stop();
      reconciliation.stop();
      keys.stop();
      await job.stop();
      await standing.stop();
      await arrivals.settled();
      await app.close();
      await open.close();
      await flushTracing();
    },
  };
}
