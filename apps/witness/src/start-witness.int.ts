import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteKeyFromSeed, openCheckpoint, parseTlogPolicy } from '#ledger';
import { undiciNetwork, LOOPBACK_TOO } from '#protocol/io';
import { WitnessJob } from '#exchange/io';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock } from '../../../test/support/fakes.js';
import { append, draft, newLedger, noteKey, origin, useLedgers } from '../../../libs/ledger/test/ledgers.js';
import { startWitness, type RunningWitness } from './start-witness.js';

useLedgers();
const key = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(8));
const network = undiciNetwork({ egress: LOOPBACK_TOO });
const clock = fakeClock(Date.parse('2026-11-22T12:00:00Z'));
let witness: RunningWitness;

async function start(logs: string): Promise<void> {
  const { dataSource } = await createTestDatabase('ledger');
  const policy = parseTlogPolicy(`${logs}quorum none\n`);
  witness = await startWitness({ policy, key, host: '127.0.0.1', port: 0, dataSource, clock });
}

beforeEach(() => start(`log ${noteKey.vkey}\n`));
afterEach(() => witness.close());

describe('a stand-alone witness', () => {
  it('cosigns the logs of its policy as they grow, and shows what it cosigned last', async () => {
    const { ledger, database } = await newLedger();
    const said: string[] = [];
    const prefix = `${witness.url}/witness`;
    const away = 'http://127.0.0.1:9/witness';
    const job = new WitnessJob(
      ledger,
      network,
      clock,
      () => [away, prefix],
      () => [key.vkey],
      (line) => said.push(line),
      () => Promise.resolve(),
    );
    for (const id of ['r0', 'r1', 'r2']) {
      await append(ledger, database.dataSource, draft(id));
      await ledger.integrated(id);
      await job.cosignHead();
    }
    const cosigned = await ledger.checkpointWithCosignatures();
    expect(cosigned).toMatchObject({ size: 3, witnesses: ['oversight.example'] });
    const hash = createHash('sha256').update(origin).digest('hex');
    const answer = await network.request({
      method: 'GET',
      url: `${prefix}/${hash}/checkpoint`,
      timeoutMs: 5_000,
      maxBytes: 10_000,
    });
    expect(openCheckpoint(answer.body, noteKey.vkey, [key.vkey])).toMatchObject({
      size: 3,
      cosignatures: [{ key: { name: 'oversight.example' } }],
    });
    // B13: a witness that is away keeps no other from cosigning, and is named.
    expect(said).toHaveLength(3);
  });

  it('knows no other log', async () => {
    await witness.close();
    await start('');
    const { ledger, database } = await newLedger();
    await append(ledger, database.dataSource, draft('r0'));
    await ledger.integrated('r0');
    const said: string[] = [];
    await new WitnessJob(
      ledger,
      network,
      clock,
      () => [`${witness.url}/witness`],
      () => [key.vkey],
      (line) => said.push(line),
      () => Promise.resolve(),
    ).cosignHead();
    expect(said).toEqual(['witness: the witness answered 404']);
    expect(await ledger.checkpointWithCosignatures()).toBeUndefined();
  });
});
