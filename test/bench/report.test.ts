import { describe, expect, test } from 'vitest';
import { cpuBetween } from './cpu-time.js';
import { readOptions } from './options.js';
import { percentile } from './percentile.js';
import { reportOf, type BenchResult } from './report.js';
import { signatureFloor } from './signature-floor.js';

const spread = { count: 10, p50: 100, p95: 200, p99: 300 };
const costs = {
  sign: 1,
  verify: 2,
  sealPart: 4,
  openPart: 8,
  sealAnswer: 16,
  openAnswer: 32,
  answerKey: 64,
  noteSign: 128,
  noteVerify: 256,
};
const counted = {
  'sign Ed25519': 10,
  'verify Ed25519': 20,
  'encrypt AES-GCM': 2,
  'decrypt AES-GCM': 2,
  'generateKey X25519': 3,
  'note sign': 3,
  'note verify': 5,
  sql: 100,
};

describe('the report of a bench', () => {
  test('the floor is what was counted times what each operation costs, and what is no signature stands beside it', () => {
    const floor = signatureFloor(counted, costs);
    expect(floor.totalMs).toBe(10 + 40 + 4 + 8 + 16 + 32 + 64 + 3 * 128 + 5 * 256);
    expect(floor.besides).toEqual({ sql: 100 });
  });

  test('CPU and rate stand beside the floor and the bare proxy as ratios', () => {
    const floor = signatureFloor({ 'sign Ed25519': 10 }, costs);
    const result: BenchResult = {
      machine: {
        cpu: 'a processor',
        cores: 2,
        memoryGib: 24,
        node: 'v24.0.0',
        loadBefore: 1,
        date: '2026-11-22T00:00:00.000Z',
        commit: 'abc1234',
        command: 'npm run bench',
      },
      seconds: 15,
      exchange: {
        levels: [
          {
            concurrency: 4,
            seconds: 15,
            perSecond: 5,
            exchange: spread,
            asking: spread,
            cpu: [{ party: 'broker', measured: 90, idle: 10 }],
            cpuMs: 80,
          },
        ],
        stages: [{ from: 'approved', to: 'granted', p50: 40 }],
        operations: {},
      },
      floor,
      bareProxy: [{ concurrency: 4, perSecond: 1000, latency: spread, cpuMs: 0.5 }],
      decide: [{ asks: 'salish-point', outcome: 'permit', perSecond: 50_000 }],
      ledger: [{ clients: 1, perSecond: 200, latency: spread }],
    };
    const lines = reportOf(result).split('\n');
    expect(lines).toContain('| 4 | 5.0 | 100.0 | 200.0 | 300.0 | 100.0 | 80.0 | 8.0 x |');
    expect(lines).toContain('| broker | 80.0 (idle 10.0) |');
    expect(lines).toContain('| 4 | 1000.0 | 100.0 | 300.0 | 0.50 | 160 x | 200 x |');
    expect(lines).toContain('| `decide`, salish-point asks: permit | 50,000 | 20.0 µs each |');
  });

  test('a percentile is a value that was measured', () => {
    expect(percentile([30, 10, 20], 0.5)).toBe(20);
    expect(percentile([30, 10, 20], 0.99)).toBe(30);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test('what a backend used before the measurement does not count when it ends during it', () => {
    const before = { processes: new Map([[7, { name: 'broker: database', ms: 500 }]]), endedMs: 1_000 };
    const after = { processes: new Map([[8, { name: 'broker: database', ms: 20 }]]), endedMs: 1_530 };
    expect(cpuBetween(before, after)).toEqual({ 'broker: database': 20, database: 30 });
  });

  test('options are read or refused by name', () => {
    expect(readOptions(['--seconds', '5', '--json'])).toEqual({ seconds: 5, json: true, port: 4700, owners: 1_000 });
    expect(readOptions(['--help'])).toBe('help');
    expect(readOptions(['--seconds', '0'])).toEqual({ fault: '--seconds wants a whole number from 1 to 600' });
    expect(readOptions(['--fast'])).toEqual({ fault: 'unknown option `--fast`' });
  });
});

test('options of `owners` have ports and bounds of their own', () => {
  expect(readOptions(['owners', '--owners', '375'])).toMatchObject({ only: 'owners', owners: 375, port: 20_000 });
  expect(readOptions(['owners', '--owners', '1001'])).toMatchObject({
    fault: expect.stringContaining('1000') as string,
  });
  expect(readOptions(['trace', '--owners', '1500'])).toMatchObject({ only: 'trace', owners: 1_500 });
});
