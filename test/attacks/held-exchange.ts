import { readRequest } from '#exchange';
import type { HttpRequest, JsonObject } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { objectOf } from './doors.js';
import type { SentGrant } from './lying-broker.js';
import { nobodyThere, type Wire } from './party-hands.js';

/** The officer asks and the supervisor approves; the transaction's id. */
export async function askAndApprove(people: AgencyPeople, statement: JsonObject): Promise<string> {
  const txn = await ask(people, statement);
  await people.approve(txn);
  return txn;
}

export async function ask(people: AgencyPeople, statement: JsonObject): Promise<string> {
  const { txn, state } = await people.ask(statement);
  if (typeof txn !== 'string' || state !== 'awaiting_approval') throw new TypeError('the ask waits for no approval');
  return txn;
}

/** A text member of a call's JSON body, or nothing. */
export function bodyText({ body }: HttpRequest, member: string): string {
  const text = objectOf(body ?? '{}')[member];
  return typeof text === 'string' ? text : '';
}

/** The transaction of a body that carries a request. */
export function txnOf(request: HttpRequest): string {
  return readRequest(bodyText(request, 'request')).claims.txn;
}

export interface HeldGrant {
  readonly txn: string;
  /** As the broker would have sent it. */
  readonly body: SentGrant;
  /** From here on the broker is honest: it reaches the owner again. */
  letGo(): void;
}

/** Lets the broker decide and log a request, and keeps its grant from the owner. */
export async function holdGrant(broker: Wire, people: AgencyPeople, statement: JsonObject): Promise<HeldGrant> {
  const txn = await ask(people, statement);
  const held = Promise.withResolvers<SentGrant>();
  const letGo = broker.tap('/grants', async (request, pass) => {
    if (txnOf(request) !== txn) return pass();
    held.resolve(objectOf(request.body ?? '{}') as unknown as SentGrant);
    throw nobodyThere();
  });
  await people.approve(txn);
  return { txn, body: await held.promise, letGo };
}

export interface HeldRequest {
  readonly txn: string;
  /** As the requesting node signed it. */
  readonly request: string;
  letGo(): void;
}

/** Lets a requesting node sign a request, and keeps it from the broker. */
export async function holdRequest(requester: Wire, people: AgencyPeople, statement: JsonObject): Promise<HeldRequest> {
  const txn = await ask(people, statement);
  const held = Promise.withResolvers<string>();
  const letGo = requester.tap('/requests', async (request, pass) => {
    if (txnOf(request) !== txn) return pass();
    held.resolve(bodyText(request, 'request'));
    throw nobodyThere();
  });
  await people.approve(txn);
  return { txn, request: await held.promise, letGo };
}

/** Changes what the broker answers the requester about one transaction. */
export function answerOtherwise(
  requester: Wire,
  txn: string,
  change: (outcome: JsonObject) => JsonObject | Promise<JsonObject>,
): () => void {
  return requester.tap('/requests', async (request, pass) => {
    const answer = await pass();
    if (txnOf(request) !== txn || answer.status !== 200) return answer;
    return { ...answer, body: JSON.stringify(await change(objectOf(answer.body))) };
  });
}
