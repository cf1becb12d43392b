import { LedgerError } from '#ledger';
import { ProblemError } from '#protocol';
import { ExchangeError, refusedFields, type UnverifiedRequest } from '../src/index.js';
import type { ExchangeNode } from './exchange-node.js';

/** Faults of the request itself: the refusal belongs to its transaction. Others are those of whoever brought it. */
const OF_THE_REQUEST: readonly string[] = ['conflict', 'wrong_owner', 'request_malformed'];

/**
 * Runs checks that begin with the signature of a message. What is authentic and refused is on record as refused, once for
 * each name: it is evidence against whoever signed it. What is not authentic could be anybody's and is not written down.
 *
 * @param owner the holding agency that the receipt names: the one addressed, or this node where it holds
 */
export async function refusedOnRecord<T>(
  arrived: UnverifiedRequest,
  owner: string,
  node: ExchangeNode,
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined) await append(arrived, owner, code, node);
    throw error;
  }
}

/** `undefined` for failures of authenticity, and for what refuses nothing (a database that is away). */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ExchangeError || error instanceof LedgerError) return error.code;
  if (error instanceof ProblemError && error.problem.status === 409) return error.problem.code;
  return undefined;
}

async function append(
  { claims, token }: UnverifiedRequest,
  owner: string,
  code: string,
  node: ExchangeNode,
): Promise<void> {
  const { txn, traceparent: trace, iss: requester } = claims;
  await node.ledger.append(node.dataSource.manager, {
    receiptId: `refused/${code}/${token.digest}`,
    kind: 'refused',
    ...(OF_THE_REQUEST.includes(code) ? { txn } : {}),
    fields: refusedFields({ txn, trace, request: token.digest, requester, owner, rule: '', reasons: [code] }),
  });
}
