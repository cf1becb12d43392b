import { Module, type DynamicModule } from '@nestjs/common';
import {
  AddCheckpointController,
  CosignedController,
  LEDGER,
  LedgerController,
  PEER_CHECKPOINTS,
  PeerCheckpointsController,
  WITNESS,
} from '#exchange/io';
import { ActsController } from './acts/acts.controller.js';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';
import { EnrolmentController } from './enrolment/enrolment.controller.js';
import { FederationController } from './federation.controller.js';
import { HealthController } from './health.controller.js';
import { MarksController } from './marks.controller.js';
import { RegisterController } from './register.controller.js';
import { ResolveController } from './resolve.controller.js';
import { StatusController } from './status.controller.js';

@Module({})
export class AuthorityModule {
  static of(node: AuthorityNode): DynamicModule {
    return {
      module: AuthorityModule,
      controllers: [
        FederationController,
        MarksController,
        StatusController,
        ResolveController,
        EnrolmentController,
        ActsController,
        RegisterController,
        LedgerController,
        AddCheckpointController,
        CosignedController,
        PeerCheckpointsController,
        HealthController,
      ],
      providers: [
        { provide: AUTHORITY_NODE, useValue: node },
        { provide: LEDGER, useValue: node.ledger },
        { provide: WITNESS, useValue: node.witness },
        { provide: PEER_CHECKPOINTS, useValue: node.peers },
      ],
    };
  }
}
