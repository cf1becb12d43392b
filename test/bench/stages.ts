import { Client } from 'pg';
import { percentile } from './percentile.js';

export interface Stage {
  readonly from: string;
  readonly to: string;
  /** Median, milliseconds. */
  readonly p50: number;
}

/** The receipts of an exchange in the order in which its steps are logged, and whose ledger holds each. */
const STEPS = [
  ['asker', 'approved'],
  ['broker', 'granted'],
  ['owner', 'release'],
  ['broker', 'release_logged'],
  ['owner', 'sent'],
  ['asker', 'delivered'],
] as const;

/** How long the steps between two receipts take, by the instants that the ledgers themselves keep. */
export async function stagesOf(
  txns: readonly string[],
  urls: Readonly<Record<'asker' | 'broker' | 'owner', string>>,
): Promise<Stage[]> {
  const times = new Map<string, Map<string, number>>();
  for (const [ledger, kind] of STEPS) times.set(kind, await instants(urls[ledger], kind, txns));
  return STEPS.slice(1).map(([, to], i) => {
    const from = STEPS[i]?.[1] ?? 'approved';
    const [began, ended] = [times.get(from), times.get(to)];
    const taken = txns.flatMap((txn) => {
      const [a, b] = [began?.get(txn), ended?.get(txn)];
      return a === undefined || b === undefined ? [] : [b - a];
    });
    return { from, to, p50: percentile(taken, 0.5) };
  });
}

async function instants(url: string, kind: string, txns: readonly string[]): Promise<Map<string, number>> {
  const client = new Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    const { rows } = await client.query<{ txn: string; at: Date }>(
      'select txn, at from receipt_index where kind = $1 and txn = any($2)',
      [kind, txns],
    );
    return new Map(rows.map(({ txn, at }) => [txn, at.getTime()]));
  } finally {
    await client.end();
  }
}
