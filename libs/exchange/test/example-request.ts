import {
  digestOfText,
  encryptionTargetFrom,
  importDecryptionKey,
  parseMessage,
  platesOf,
  keySetFrom,
  seal,
  signToken,
  Ask,
  type AskQuery,
  type ClearFacts,
  type DecryptionKey,
  type JsonObject,
  type KeySet,
  type QueryFacts,
  type SigningKey,
} from '#protocol';
import { generateDecryptionKey, generatePrivateJwk, generateSigningKey } from '#protocol/io';
import {
  answerKeyThumbprint,
  askDigest,
  clearFactsDigest,
  clearFactsOf,
  commitToOwners,
  readRequest,
  verifyRequest,
  type VerifiedRequest,
} from '../src/index.js';

export const REQUESTER = 'https://salish-point.example';
export const BROKER = 'https://broker.example';
export const OWNER = 'https://juniper-bend.example';
export const OTHER_OWNER = 'https://mesa-clara.example';
export const NOW = Date.parse('2026-11-22T12:00:00Z');
const IAT = NOW / 1000;
const TXN = '0b6f0f3c-5d0e-4c7a-9a51-3f1c8a2d4e60';
const [ASK_SALT, PROCESS_SALT, OWNER_SALT, PSEUDONYM] = ['a', 'b', 'c', 'd'].map(
  (letter) => letter.repeat(42) + 'A',
) as [string, string, string, string];

/** What a requesting agency does otherwise than it should; it signs and seals whatever comes of it with its real keys. */
export interface Dishonesty {
  /** The ask that is sealed; facts in the clear and digests stay those of the honest one. */
  readonly sealedAsk?: (ask: JsonObject) => JsonObject;
  readonly sealed?: (part: JsonObject) => JsonObject;
  readonly claims?: (claims: JsonObject) => JsonObject;
  readonly approval?: (claims: JsonObject) => JsonObject;
  /** Signs the approval in place of the agency. */
  readonly approvalKey?: SigningKey;
}

export interface ExampleRequest {
  readonly request: VerifiedRequest;
  readonly ownerKey: DecryptionKey;
  readonly requesterKeys: KeySet;
}

const HONEST_ASK: JsonObject = {
  v: 1,
  case_number: '26-01234',
  offence: '120',
  purpose: 'criminal-investigation',
  narrative: 'armed robbery of a shop',
  beneficiary: 'none',
  exception: 'none',
  legal_process: { class: 'documented-purpose' },
  query: {
    kind: 'plate_history',
    plates: [{ text: 'ABC123' }],
    from: '2026-11-20T12:00:00Z',
    until: '2026-11-22T12:00:00Z',
  },
};

/** As a node that can search computes them; for plates there is nothing to compute. */
export function exampleQueryFacts(query: AskQuery): QueryFacts {
  const { kind, from, until } = query;
  return { kind, from, until, plate_count: platesOf(query).length };
}

/** A request whose signature verifies; `dishonesty` changes what stands in it. */
export async function exampleRequest(dishonesty: Dishonesty = {}): Promise<ExampleRequest> {
  const { sealedAsk, sealed, claims, approval, approvalKey } = { ...HONEST, ...dishonesty };
  const signing = await generateSigningKey();
  const ownerKey = await generateDecryptionKey();
  const answerKey = (await importDecryptionKey(await generatePrivateJwk('enc'))).publicJwk;
  const answer = { kty: 'OKP', crv: 'X25519', x: answerKey['x'] as string } as const;
  const owners = [OWNER, OTHER_OWNER].map((owner) => ({ owner, salt: OWNER_SALT }));
  const { commitment, openings } = commitToOwners(owners);
  const askJson: JsonObject = { ...HONEST_ASK, owners: { ...commitment } };
  const ask = parseMessage(Ask, askJson);
  const clear = clearFactsOf(ask, exampleQueryFacts(ask.query), PROCESS_SALT, {
    officer: { pseudonym: PSEUDONYM, role: 'officer', acr: 'urn:example:mfa' },
    approved: true,
  });
  const ids = { officer_id_token: 'aGVhZA.b2ZmaWNlcg.c2ln', supervisor_id_token: 'aGVhZA.c3VwZXJ2aXNvcg.c2ln' };
  const jti = 'cmVxdWVzdC0wMDAwMDAwMQ';
  const approvalToken = await signToken({
    kind: 'approval',
    key: approvalKey ?? signing,
    claims: approval({
      iss: REQUESTER,
      jti: 'YXBwcm92YWwtMDAwMDAwMQ',
      iat: IAT,
      exp: IAT + 86_400,
      ask_digest: askDigest(ask, ASK_SALT),
      officer_id_token: digestOfText(ids.officer_id_token),
      supervisor_id_token: digestOfText(ids.supervisor_id_token),
    }),
  });
  const part = sealed({
    iss: REQUESTER,
    jti,
    txn: TXN,
    owner: OWNER,
    answer_key_thumbprint: answerKeyThumbprint(answer),
    clear_digest: clearFactsDigest(clear, jti),
    ask: sealedAsk(askJson),
    ask_salt: ASK_SALT,
    legal_process_salt: PROCESS_SALT,
    owner_opening: { ...openings.get(OWNER), path: [...(openings.get(OWNER)?.path ?? [])] },
    approval: approvalToken,
    ...ids,
  });
  const target = await encryptionTargetFrom(ownerKey.publicJwk, ownerKey.kid);
  const token = await signToken({
    kind: 'request',
    key: signing,
    trustChain: ['a.b.c'],
    claims: claims({
      iss: REQUESTER,
      aud: BROKER,
      jti,
      iat: IAT,
      exp: IAT + 120,
      txn: TXN,
      owner: OWNER,
      via: [BROKER],
      ask_digest: askDigest(ask, ASK_SALT),
      fan_out: 2,
      respond_by: IAT + 900,
      answer_key: answer,
      clear: plain(clear),
      sealed: await seal('sealed-part', JSON.stringify(part), target),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      owner_log_size: 0,
    }),
  });
  const requesterKeys = await keySetFrom({ keys: [signing.publicJwk] }, 'sig');
  const input = { keys: requesterKeys, requester: REQUESTER, audience: BROKER, now: NOW };
  return { request: await verifyRequest(readRequest(token), input), ownerKey, requesterKeys };
}

const same = (value: JsonObject): JsonObject => value;
const HONEST = { sealedAsk: same, sealed: same, claims: same, approval: same };

function plain(clear: ClearFacts): JsonObject {
  return JSON.parse(JSON.stringify(clear)) as JsonObject;
}
