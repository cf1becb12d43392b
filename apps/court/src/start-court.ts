import 'reflect-metadata';
import { Controller, Get, Header, Inject, Module, type DynamicModule } from '@nestjs/common';
import type { Clock, SigningKey } from '#protocol';
import { createHttpApp } from '#protocol/io';
import { signEntityConfiguration, signStatusList, statusListUri } from '#trust';
import type { IssuedProcessFolder } from './issued-process.js';

/** What a court publishes, and with which key. The key that signs process is not here: this server cannot issue any. */
export interface CourtIdentity {
  readonly entityId: string;
  readonly name: string;
  /** Entity id of the authority that enrolled it. */
  readonly superior: string;
  readonly federationKey: SigningKey;
}

export interface RunningCourt {
  readonly url: string;
  close(): Promise<void>;
}

const PUBLISHED = Symbol('what a court publishes');
const CONFIGURATION_SECONDS = 60 * 60;
/** Readers believe a list for 40 s; one that is handed out was signed at most so long ago. */
const LIST_AGE_MS = 5_000;
/** A list tells its length: of courts that issue little it tells only that. */
const PADDED_TO = 1_024;

class Published {
  #configuration: { token: Promise<string>; at: number } | undefined;
  #list: { token: Promise<string>; at: number; content: string } | undefined;

  constructor(
    private readonly identity: CourtIdentity,
    private readonly issued: IssuedProcessFolder,
    private readonly clock: Clock,
  ) {}

  configuration(): Promise<string> {
    const at = this.clock.now();
    const held = this.#configuration;
    if (held && at >= held.at && at - held.at < (CONFIGURATION_SECONDS * 1_000) / 2) return held.token;
    const { entityId, name, superior, federationKey: key } = this.identity;
    const token = signEntityConfiguration({
      entityId,
      key,
      metadata: {
        federation_entity: { organization_name: name, comity_status_list_endpoint: statusListUri(entityId) },
      },
      authorityHints: [superior],
      trustMarks: [],
      issuedAt: at,
      lifetimeSeconds: CONFIGURATION_SECONDS,
    });
    this.#configuration = { token, at };
    return token;
  }

  async statusList(): Promise<string> {
    // The hour is taken before the folder is read: a list must never look newer than what it says.
    const at = this.clock.now();
    const { statuses, issued } = await this.issued.statuses();
    const content = JSON.stringify([issued, ...statuses.keys()]);
    const held = this.#list;
    if (held && held.content === content && at >= held.at && at - held.at < LIST_AGE_MS) return held.token;
    const token = signStatusList({
      issuer: this.identity.entityId,
      statuses,
      size: Math.max(PADDED_TO, Math.ceil(issued / PADDED_TO) * PADDED_TO),
      issuedAt: at,
      key: this.identity.federationKey,
    });
    this.#list = { token, at, content };
    return token;
  }
}

@Controller()
class CourtController {
  constructor(@Inject(PUBLISHED) private readonly published: Published) {}

  @Get('.well-known/openid-federation')
  @Header('content-type', 'application/entity-statement+jwt')
  @Header('cache-control', 'no-store')
  configuration(): Promise<string> {
    return this.published.configuration();
  }

  @Get('federation/status-list')
  @Header('content-type', 'application/statuslist+jwt')
  @Header('cache-control', 'no-store')
  statusList(): Promise<string> {
    return this.published.statusList();
  }

  /** 200 where a list can be signed: while it cannot, nobody believes what the court issued. */
  @Get('health')
  @Header('cache-control', 'no-store')
  async health(): Promise<{ status: 'ok' }> {
    await this.published.statusList();
    return { status: 'ok' };
  }
}

@Module({})
class CourtModule {
  static of(published: Published): DynamicModule {
    return {
      module: CourtModule,
      controllers: [CourtController],
      providers: [{ provide: PUBLISHED, useValue: published }],
    };
  }
}

/** All that an enrolled court has to publish: who it is, and what it took back. It reads nothing that anybody sends. */
export async function startCourt(input: {
  readonly identity: CourtIdentity;
  readonly issued: IssuedProcessFolder;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
}): Promise<RunningCourt> {
  const { identity, issued, clock } = input;
  const app = await createHttpApp(CourtModule.of(new Published(identity, issued, clock)), {
    problemOf: () => undefined,
  });
  await app.listen(input.port, input.host);
  return { url: await app.getUrl(), close: () => app.close() };
}
