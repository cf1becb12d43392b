import { PeerRefusal } from '#exchange/io';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue, type Network } from '#protocol';
import { scriptedLogin } from '../../dev-idp/src/scripted-login.js';
import type { DemoAccount } from './lay-out.js';

type Person = 'officer' | 'supervisor' | 'rules-one' | 'rules-two';

const ANSWER_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** The people of one agency, acting through its node as they would with their own programs. For the story and for tests. */
export class AgencyPeople {
  private readonly sessions = new Map<Person, Promise<string>>();

  constructor(
    readonly agencyUrl: string,
    private readonly network: Network,
    private readonly accounts: readonly DemoAccount[],
  ) {}

  /** A session token; a person signs in once. */
  session(person: Person): Promise<string> {
    const known = this.sessions.get(person);
    if (known !== undefined) return known;
    const account = this.accounts.find(({ username }) => username.startsWith(`${person}.`));
    if (account === undefined) throw new Error(`nobody here is \`${person}\``);
    const { username, password, totpSecret } = account;
    const signedIn = scriptedLogin({
      agencyUrl: this.agencyUrl,
      username,
      password,
      totpSecret,
      network: this.network,
    });
    this.sessions.set(person, signedIn);
    return signedIn;
  }

  async call(person: Person, method: 'GET' | 'POST', path: string, body?: JsonValue): Promise<JsonObject> {
    const answer = await this.network.request({
      method,
      url: `${this.agencyUrl}${path}`,
      headers: {
        authorization: `Bearer ${await this.session(person)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: ANSWER_BYTES,
    });
    const document = parseStrictJson(answer.body, { maxBytes: ANSWER_BYTES });
    if (!isJsonObject(document)) throw new TypeError('an object is expected');
    if (answer.status >= 400) throw refusal(answer.status, document);
    return document;
  }

  /** The officer asks; returns the ask as the node shows it. */
  ask(statement: JsonObject): Promise<JsonObject> {
    return this.call('officer', 'POST', '/asks', statement);
  }

  approve(txn: string): Promise<JsonObject> {
    return this.call('supervisor', 'POST', `/asks/${txn}/approval`);
  }

  show(txn: string): Promise<JsonObject> {
    return this.call('officer', 'GET', `/asks/${txn}`);
  }

  /** Waits until every owner of the ask has ended, or the agency's own rule has refused it. */
  async outcome(txn: string, withinMs = 60_000): Promise<JsonObject> {
    const until = Date.now() + withinMs;
    for (;;) {
      const shown = await this.show(txn);
      if (shown['state'] === 'ended' || shown['state'] === 'refused_here') return shown;
      if (Date.now() > until) throw new Error(`transaction ${txn} has not ended within ${withinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Ask, approve, wait. */
  async askAndWait(statement: JsonObject): Promise<JsonObject> {
    const asked = await this.ask(statement);
    const txn = asked['txn'];
    if (typeof txn !== 'string') throw new TypeError('an ask has a transaction');
    if (asked['state'] === 'awaiting_approval') await this.approve(txn);
    return this.outcome(txn);
  }
}

/** Proposed by one rule administrator, published by the other. */
export async function publishRule(people: AgencyPeople, rule: JsonObject): Promise<void> {
  const { digest } = await people.call('rules-one', 'POST', '/rules', { rule });
  if (typeof digest !== 'string') throw new TypeError('a proposed rule has a digest');
  await people.call('rules-two', 'POST', `/rules/${digest}/publication`);
}

function refusal(status: number, document: JsonObject): PeerRefusal {
  const { code } = document;
  return new PeerRefusal(status, typeof code === 'string' ? code : 'unknown', undefined);
}
