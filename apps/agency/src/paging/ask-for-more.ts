import { pageAskedFields } from '#exchange';
import { ProblemError, newIdentifier, problem } from '#protocol';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from '../agency-node.js';
import type { StoredAsk } from '../asks.store.js';
import type { OutgoingRequest } from '../outgoing-requests.store.js';
import type { OfficerSession } from '../session/index.js';

/**
 * A further page of what owners answered, for the officer who asked: under the same approval, which each owner counts as
 * used once, with all its pages. On record before the request is signed.
 *
 * @param owner only of this one; left out, of every owner that has more
 */
export async function askForMore(
  txn: string,
  owner: string | undefined,
  session: OfficerSession,
  node: AgencyNode,
): Promise<StoredAsk> {
  const ask = await node.asks.find(txn);
  if (ask === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such ask'));
  if (session.sub !== ask.officer.sub) {
    throw new ProblemError(problem(403, 'another_officer', 'a further page is for the officer who asked'));
  }
  const pages = await pagesWithMore(ask, owner, node);
  if (pages.length === 0) throw new ProblemError(problem(409, 'no_more', 'no holding agency has another page'));
  return inSpan('ask_more', { parent: ask.traceparent, attributes: {} }, async () => {
    const receipts: string[] = [];
    await node.dataSource.transaction(async (manager) => {
      for (const last of pages) {
        const page = last.page + 1;
        const receiptId = `page_asked/${last.jti}`;
        await node.outgoing.insert(manager, {
          txn,
          owner: last.owner,
          broker: node.settings.broker,
          jti: newIdentifier(node.randomness),
          now: node.clock.now(),
          page,
          ...(last.nextCursor === undefined ? {} : { cursor: last.nextCursor }),
        });
        await node.ledger.append(manager, {
          receiptId,
          kind: 'page_asked',
          txn,
          fields: pageAskedFields({
            txn,
            trace: ask.traceparent,
            requester: node.entityId,
            owner: last.owner,
            ask: ask.askDigest,
            officer: ask.officer.pseudonym,
            page,
          }),
        });
        receipts.push(receiptId);
      }
      await node.asks.goOn(manager, txn);
    });
    for (const receiptId of receipts) await node.ledger.integrated(receiptId);
    node.outgoing.announceDue();
    return (await node.asks.find(txn)) ?? ask;
  });
}

async function pagesWithMore(ask: StoredAsk, owner: string | undefined, node: AgencyNode): Promise<OutgoingRequest[]> {
  const newest = new Map<string, OutgoingRequest>();
  for (const request of await node.outgoing.forTransaction(ask.txn)) newest.set(request.owner, request);
  return [...newest.values()].filter(
    (request) => (owner === undefined || request.owner === owner) && request.shown && request.nextCursor !== undefined,
  );
}
