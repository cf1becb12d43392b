import { expect } from 'vitest';
import type { RunningAgency } from '../../apps/agency/src/app.js';
import type { RunningBroker } from '../../apps/broker/src/app.js';
import type { DoorAnswer } from './knock.js';

export { objectOf, post, read, type DoorAnswer } from './knock.js';

const PROBLEM_MEMBERS = ['type', 'title', 'status', 'code', 'detail', 'reasons'];

/** A refusal by name: a problem document with nothing in it but what RFC 9457 and our own list of members allow. */
export function expectRefusal(answer: DoorAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.document['code'] }).toEqual({ status, code });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(Object.keys(answer.document).filter((member) => !PROBLEM_MEMBERS.includes(member))).toEqual([]);
  expect(answer.text).not.toMatch(/\.(ts|js):\d|node_modules|stack|select |insert /i);
}

/** Kinds of the receipts that a node's ledger holds of a transaction, in its order. */
export async function receiptKinds({ node }: RunningAgency | RunningBroker, txn: string): Promise<string[]> {
  return (await node.ledger.receipts({ txn })).map(({ kind }) => kind);
}

/** What of a transaction left its owner: empty where nothing was released. */
export async function releasesOf(owner: RunningAgency, txn: string): Promise<string[]> {
  return (await receiptKinds(owner, txn)).filter((kind) => kind === 'release' || kind === 'sent');
}

/** Waits for what comes in the background, at most 10 s. */
export async function eventually<T>(look: () => Promise<T>, satisfied: (seen: T) => boolean): Promise<T> {
  for (const until = Date.now() + 10_000; ;) {
    const seen = await look();
    if (satisfied(seen) || Date.now() > until) return seen;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
