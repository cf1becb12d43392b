import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactSign } from 'jose';
import {
  answerKeyThumbprint,
  askDigest,
  clearFactsDigest,
  clearFactsOf,
  commitToOwners,
  encryptionKeyOf,
  openAnswer,
  readRequest,
  verifyLateRequest,
} from '#exchange';
import {
  digestOfText,
  importSigningKey,
  newIdentifier,
  newTransactionId,
  parseStrictObject,
  seal,
  signToken,
  type AnswerClaims,
  type AnswerKey,
  type Ask,
  type ClearFacts,
  type DecryptionKey,
  type JsonObject,
  type JsonValue,
  type SigningKey,
} from '#protocol';
import { generateDecryptionKey, systemRandomness } from '#protocol/io';
import { queryFactsOf } from '../../apps/agency/src/asked-query.js';
import type { RunningAgency } from '../../apps/agency/src/app.js';
import type { StoredAsk } from '../../apps/agency/src/asks.store.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import type { TestFederation } from '../federation/start-federation.js';
import { ask, txnOf } from './held-exchange.js';
import { nobodyThere, type Wire } from './party-hands.js';

/** An ask that was approved by its supervisor, with everything a request of it is made from. */
export type ApprovedAsk = StoredAsk & { readonly approval: NonNullable<StoredAsk['approval']> };

/** What a dishonest node puts in place of what an honest one would. Whatever is left out is as it should be. */
export interface RequestChanges {
  /** The claims of the request, after everything else. */
  readonly claims?: JsonObject;
  /** The clear facts; the digest of them in the sealed part goes with them. */
  readonly clear?: Partial<ClearFacts>;
  /** The members of the sealed part. */
  readonly sealed?: JsonObject;
  /** The whole ciphertext of the sealed part. */
  readonly ciphertext?: string;
  readonly jti?: string;
  readonly txn?: string;
  /** Seconds. */
  readonly iat?: number;
  readonly trustChain?: readonly string[];
  readonly key?: SigningKey;
}

export interface SignedRequest {
  readonly token: string;
  readonly txn: string;
  readonly jti: string;
  readonly sealed: string;
  readonly answerKey: DecryptionKey;
}

/** The node of an enrolled agency that signs what no honest node would. It has its own keys and nobody else's. */
export class DishonestAgency {
  constructor(
    private readonly federation: TestFederation,
    private readonly id: string,
  ) {}

  get agency(): RunningAgency {
    return this.federation.agency(this.id);
  }

  /** A request for `owner` (entity id) out of an approved ask. */
  async request(approved: ApprovedAsk, owner: string, changes: RequestChanges = {}): Promise<SignedRequest> {
    const { node } = this.agency;
    const jti = changes.jti ?? newIdentifier(systemRandomness);
    const txn = changes.txn ?? newTransactionId(systemRandomness);
    const iat = changes.iat ?? Math.floor(Date.now() / 1000);
    const answerKey = await generateDecryptionKey();
    const { x } = answerKey.publicJwk;
    const publicKey: AnswerKey = { kty: 'OKP', crv: 'X25519', x: typeof x === 'string' ? x : '' };
    const clear = { ...clearOf(approved), ...changes.clear };
    const part = {
      iss: node.entityId,
      jti,
      txn,
      owner,
      answer_key_thumbprint: answerKeyThumbprint(publicKey),
      clear_digest: clearFactsDigest(clear, jti),
      ask: approved.ask,
      ask_salt: approved.askSalt,
      legal_process_salt: approved.legalProcessSalt,
      owner_opening: commitToOwners(approved.owners).openings.get(owner),
      approval: approved.approval.token,
      officer_id_token: approved.officer.idToken,
      supervisor_id_token: approved.approval.idToken,
      ...changes.sealed,
    };
    const target = encryptionKeyOf(node.directory.chainFor(owner));
    const sealed = changes.ciphertext ?? (await seal('sealed-part', JSON.stringify(part), target));
    const token = await signToken({
      kind: 'request',
      key: changes.key ?? node.signingKey,
      trustChain: changes.trustChain ?? node.own.ownChain(),
      claims: {
        iss: node.entityId,
        aud: this.federation.laidOut.broker,
        jti,
        iat,
        exp: iat + 120,
        txn,
        owner,
        via: [this.federation.laidOut.broker],
        ask_digest: approved.askDigest,
        fan_out: approved.ask.owners.count,
        respond_by: iat + 600,
        answer_key: { ...publicKey },
        clear: clear as unknown as JsonObject,
        sealed,
        traceparent: approved.traceparent,
        owner_log_size: 0,
        ...changes.claims,
      },
    });
    return { token, txn, jti, sealed, answerKey };
  }

  /** The ask with other contents, and an approval of exactly these, as this node signs it. */
  async reapproved(approved: ApprovedAsk, change: (ask: Ask) => Ask, approval: JsonObject = {}): Promise<ApprovedAsk> {
    const changed = change(approved.ask);
    const digest = askDigest(changed, approved.askSalt);
    return { ...approved, ask: changed, askDigest: digest, approval: await this.approval(approved, digest, approval) };
  }

  /** An approval by this node over `digest` and the ask's two ID tokens; `changed` claims win. */
  async approval(approved: ApprovedAsk, digest: string, changed: JsonObject = {}): Promise<ApprovedAsk['approval']> {
    const iat = Math.floor(Date.now() / 1000) - 1;
    const { node } = this.agency;
    const token = await signToken({
      kind: 'approval',
      key: node.signingKey,
      claims: {
        iss: node.entityId,
        jti: newIdentifier(systemRandomness),
        iat,
        exp: iat + 86_400,
        ask_digest: digest,
        officer_id_token: digestOfText(approved.officer.idToken),
        supervisor_id_token: digestOfText(approved.approval.idToken),
        ...changed,
      },
    });
    return { ...approved.approval, token };
  }

  /** Opens an owner's sealed answer to a request of this node. */
  async open(answer: JsonValue | undefined, request: SignedRequest, owner: string): Promise<AnswerClaims> {
    const { node } = this.agency;
    const own = node.directory.chainFor(node.entityId).protocolKeys.signing;
    const verified = await verifyLateRequest(readRequest(request.token), {
      keys: own,
      requester: node.entityId,
      audience: this.federation.laidOut.broker,
    });
    return openAnswer(typeof answer === 'string' ? answer : '', verified, {
      answerKey: request.answerKey,
      owner: { entityId: owner, keys: node.directory.chainFor(owner).protocolKeys.signing },
      now: node.clock.now(),
    });
  }
}

export function clearOf({ ask: asked, legalProcessSalt, officer, approveAfterwards }: ApprovedAsk): ClearFacts {
  const { pseudonym, role, acr } = officer;
  return clearFactsOf(asked, queryFactsOf(asked.query), legalProcessSalt, {
    officer: { pseudonym, role, acr },
    approved: !approveAfterwards,
  });
}

/** Asked and approved by the agency's people, and never sent by its honest node. */
export async function approvedAsk(
  { node }: RunningAgency,
  wire: Wire,
  people: AgencyPeople,
  statement: JsonObject,
): Promise<ApprovedAsk> {
  const txn = await ask(people, statement);
  wire.tap('/requests', (request, pass) => (txnOf(request) === txn ? Promise.reject(nobodyThere()) : pass()));
  await people.approve(txn);
  const stored = await node.asks.find(txn);
  if (stored?.approval === undefined) throw new TypeError('the ask was approved');
  return { ...stored, approval: stored.approval };
}

/** The provider's own key, as a provider that is in league with the agency would use it. */
export async function providerSigns(federation: TestFederation, token: string, change: JsonObject): Promise<string> {
  const path = join(federation.laidOut.directory, 'keys', 'provider', 'keys.json');
  const { keys } = parseStrictObject(await readFile(path));
  const { privateKey } = await importSigningKey(Array.isArray(keys) ? (keys[0] ?? null) : null);
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const claims = { ...parseStrictObject(payload), ...change };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader(parseStrictObject(header) as { alg: string })
    .sign(privateKey);
}
