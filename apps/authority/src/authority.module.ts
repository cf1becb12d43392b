import { Module, type DynamicModule } from '@nestjs/common';
import { CosignedController, WITNESS } from '#exchange/io';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';
import { FederationController } from './federation.controller.js';
import { HealthController } from './health.controller.js';
import { WitnessController } from './witness.controller.js';

@Module({})
export class AuthorityModule {
  static of(node: AuthorityNode): DynamicModule {
    return {
      module: AuthorityModule,
      controllers: [FederationController, WitnessController, CosignedController, HealthController],
      providers: [
        { provide: AUTHORITY_NODE, useValue: node },
        { provide: WITNESS, useValue: node.witness },
      ],
    };
  }
}
