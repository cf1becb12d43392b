import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AddCheckpointController, CosignedController, WITNESS, readCheckpointsAsBytes } from '#exchange/io';
import type { NoteKey, TlogPolicy } from '#ledger';
import { SeenCheckpoints, type Witness } from '#ledger/io';
import { databaseIsAway } from '#postgres/io';
import { problem, type Clock } from '#protocol';
import { createHttpApp } from '#protocol/io';

@Module({})
class WitnessModule {
  static of(witness: Witness): DynamicModule {
    return {
      module: WitnessModule,
      controllers: [AddCheckpointController, CosignedController],
      providers: [{ provide: WITNESS, useValue: witness }],
    };
  }
}

export interface RunningWitness {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A witness and nothing else (https://c2sp.org/tlog-witness): it follows the logs of a policy, remembers of each the largest
 * consistent tree, durably, and cosigns it. Whoever runs one needs no place in a federation, and learns nothing but tree heads.
 */
export async function startWitness(input: {
  /** Its `log` lines say which logs are followed. */
  readonly policy: TlogPolicy;
  readonly key: NoteKey;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Migrated; the caller closes it. */
  readonly dataSource: DataSource;
  readonly clock: Clock;
}): Promise<RunningWitness> {
  const { policy, key, dataSource, clock } = input;
  const logs = new Map(policy.logs.map(({ key: { name, vkey } }) => [name, { origin: name, vkey }]));
  const witness: Witness = { key, logs, clock, seen: new SeenCheckpoints({ dataSource, clock }) };
  const app = await createHttpApp(WitnessModule.of(witness), {
    problemOf: (error) =>
      databaseIsAway(error)
        ? problem(503, 'unavailable', 'not available at the moment', { retryAfterSeconds: 2 })
        : undefined,
  });
  readCheckpointsAsBytes(app);
  await app.listen(input.port, input.host);
  return { url: await app.getUrl(), close: () => app.close() };
}
