import { Module, type DynamicModule } from '@nestjs/common';
import { OfficerGuard } from './officer.guard.js';
import { OfficerSessions } from './officer-sessions.js';
import { SessionController } from './session.controller.js';

/** `/session/*`, and `OfficerGuard` for the controllers of modules that import it. */
@Module({})
export class SessionModule {
  static register(sessions: OfficerSessions): DynamicModule {
    return {
      module: SessionModule,
      controllers: [SessionController],
      providers: [{ provide: OfficerSessions, useValue: sessions }, OfficerGuard],
      exports: [OfficerSessions, OfficerGuard],
    };
  }
}
