import type { FastifyReply } from 'fastify';
import { signToken, type GrantBody, type OwnerOutcomeBody } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import type { AgencyNode } from '../../../apps/agency/src/agency-node.js';
import { HoldingController } from '../../../apps/agency/src/holding.controller.js';
import { DishonestOwner } from '../../attacks/dishonest-owner.js';
import type { SentGrant } from '../../attacks/lying-broker.js';

/**
 * How an owner misbehaves. `slow`: answers nothing for so long that the request's time is over. `signs_wrong`: its answer is
 * signed with a key that nobody knows. `forges`: the receipt of its release is not the one in its ledger. `exceeds`: sends
 * reads that nobody asked for. One that is `gone` does not listen any more.
 */
export const BAD_KINDS = ['slow', 'signs_wrong', 'forges', 'exceeds', 'gone'] as const;
export type BadKind = (typeof BAD_KINDS)[number];

/** The door `POST /grants` of an owner, of an honest one where `kind` is absent. */
export type AnswersGrants = (body: GrantBody, reply: FastifyReply) => Promise<OwnerOutcomeBody>;

export function answersGrants(kind: BadKind | undefined, node: AgencyNode, slowMs: number): AnswersGrants {
  const honest = new HoldingController(node);
  switch (kind) {
    case undefined:
    case 'gone':
      return (body, reply) => honest.answer(body, reply);
    case 'slow':
      return async (body, reply) => {
        await node.clock.sleep(slowMs);
        return honest.answer(body, reply);
      };
    case 'signs_wrong':
      return (body) => signedByStranger(body as unknown as SentGrant, new DishonestOwner(node));
    case 'forges':
      return async (body, reply) => forged(await honest.answer(body, reply));
    case 'exceeds': {
      const eager = new HoldingController({ ...node, reads: readsMore(node.reads) });
      return (body, reply) => eager.answer(body, reply);
    }
  }
}

async function signedByStranger(grant: SentGrant, owner: DishonestOwner): Promise<OwnerOutcomeBody> {
  const claims = owner.answerClaims(grant.request);
  const signed = await signToken({ kind: 'answer', key: await generateSigningKey(), claims });
  const made = await owner.release(grant, await owner.sealFor(grant.request, signed));
  await owner.announce(grant.request, made);
  return { state: 'replied', answer: made.answer, evidence: made.evidence as unknown as OwnerOutcomeBody['evidence'] };
}

/** Another signature under the same receipt: one character of it, the first, is another. */
function forged(outcome: OwnerOutcomeBody): OwnerOutcomeBody {
  const receipts = outcome.evidence.receipts.map((receipt) => {
    const at = receipt.entry.lastIndexOf('.') + 1;
    const other = receipt.entry[at] === 'A' ? 'B' : 'A';
    return { ...receipt, entry: `${receipt.entry.slice(0, at)}${other}${receipt.entry.slice(at + 1)}` };
  });
  return { ...outcome, evidence: { ...outcome.evidence, receipts } };
}

/** Every read of the question, and each once more under a plate that nobody asked for. */
function readsMore(reads: AgencyNode['reads']): AgencyNode['reads'] {
  const search: AgencyNode['reads']['search'] = async (query, options) => {
    const found = await reads.search(query, options);
    return { ...found, reads: [...found.reads, ...found.reads.map((read) => ({ ...read, plate: 'NOBODY1' }))] };
  };
  return new Proxy(reads, {
    get: (target, name, receiver) => (name === 'search' ? search : (Reflect.get(target, name, receiver) as unknown)),
  });
}
