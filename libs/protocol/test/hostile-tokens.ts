import { createHmac, createPublicKey } from 'node:crypto';
import { BROKER, REQUESTER, TOKEN_KINDS, claimsOf, party, publicPart, textOf, tokenOf } from './example-parties.js';
import { encodePart, signText } from './forge.js';
import { forger, type Forger, type HostileToken } from './forger.js';
import { claimTexts, claimValues } from './hostile-claims.js';
import { hostileHeaders } from './hostile-headers.js';

/** Every hostile request token of `facts/security.md` J01 to J21 that a signature check alone would let through, and more. */
export async function hostileTokens(trapAddress: string): Promise<readonly HostileToken[]> {
  const forging = await forger(trapAddress);
  return [
    ...hostileHeaders(forging),
    ...symmetricSignatures(forging),
    ...compactForm(forging),
    ...(await ellipticSignatures()),
    ...edwardsSignatures(forging),
    ...(await otherKinds(forging)),
    ...(await claimValues(forging)),
    ...claimTexts(forging),
  ];
}

/** J02: HMAC keyed with what everybody knows. */
function symmetricSignatures({ requester, header, claims, row }: Forger): HostileToken[] {
  const jwk = publicPart(requester.privateJwk);
  const key = createPublicKey({ format: 'jwk', key: jwk });
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  const secrets: readonly (readonly [string, string | Buffer])[] = [
    ['PEM', pem],
    ['trimmed PEM', pem.trim()],
    ['DER', key.export({ format: 'der', type: 'spki' })],
    ['JWK text', JSON.stringify(jwk)],
    ['raw key', Buffer.from(textOf(jwk, 'x'), 'base64url')],
    ['empty secret', ''],
  ];
  return secrets.flatMap(([name, secret]) =>
    (['HS256', 'Ed25519'] as const).map((alg) => {
      const input = `${encodePart({ ...header, alg })}.${encodePart(claims)}`;
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      const detail = alg === 'HS256' ? 'alg is not that of the enrolled key' : 'signature';
      return row('J02', `HMAC keyed with the public key as ${name}, called ${alg}`, token, detail);
    }),
  );
}

/** J10, J12: other serialisations and other texts of the same message. */
function compactForm({ header, claims, signed, row }: Forger): HostileToken[] {
  const good = signed(header, claims);
  const [protectedPart = '', payload = '', signature = ''] = good.split('.');
  const flattened = { protected: protectedPart, payload, signature };
  const serialised = [
    ['flattened', flattened],
    ['flattened with an unprotected header', { ...flattened, header: { kid: 'other' } }],
    ['general', { payload, signatures: [{ protected: protectedPart, signature }] }],
    ['general with two signatures', { payload, signatures: [flattened, flattened] }],
  ] as const;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(signature.slice(-1));
  const trailing = Array.from({ length: 15 }, (_, at) => alphabet.charAt(last ^ (at + 1)));
  const texts: readonly (readonly [string, string, string])[] = [
    ['two parts', `${protectedPart}.${payload}`, 'not a compact JWS'],
    ['four parts', `${good}.${signature}`, 'not a compact JWS'],
    ['an empty payload', `${protectedPart}..${signature}`, 'not a compact JWS'],
    ['an empty header', `.${payload}.${signature}`, 'not a compact JWS'],
    ['no signature', `${protectedPart}.${payload}.`, 'not a compact JWS'],
    ['nothing at all', '', 'not a compact JWS'],
    ['padding', `${good}==`, 'grammar'],
    ['one padding sign', `${good}=`, 'grammar'],
    ['a blank at the end', `${good} `, 'grammar'],
    ['a line break at the end', `${good}\n`, 'grammar'],
    ['a carriage return at the end', `${good}\r\n`, 'grammar'],
    ['a tab at the start', `\t${good}`, 'grammar'],
    ['a blank before a dot', `${protectedPart} .${payload}.${signature}`, 'grammar'],
    [
      'a line break inside the payload',
      `${protectedPart}.${payload.slice(0, 8)}\n${payload.slice(8)}.${signature}`,
      'grammar',
    ],
    ['a NUL at the end', `${good}\u0000`, 'grammar'],
    ['`Bearer` before it', `Bearer ${good}`, 'grammar'],
  ];
  return [
    ...serialised.map(([name, value]) => row('J10', `${name} JSON form`, JSON.stringify(value), 'not a compact JWS')),
    ...trailing.map((end) =>
      row('J12', `unused trailing bits: last character ${end}`, good.slice(0, -1) + end, 'grammar'),
    ),
    ...texts.map(([title, token, detail]) => row('J12', title, token, detail)),
  ];
}

/** A positive ASN.1 integer of 32 bytes. */
const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), bytes]);

/** J11: signatures of ES256 that no key made. */
async function ellipticSignatures(): Promise<HostileToken[]> {
  const sender = await party(REQUESTER, 'ES256');
  const header = { alg: 'ES256', kid: sender.signing.kid, typ: 'comity-request+jwt', trust_chain: ['a.b.c'] };
  const input = `${encodePart(header)}.${encodePart(claimsOf('request', REQUESTER, BROKER))}`;
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const zero = Buffer.alloc(32);
  const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
  const good = signText(input, sender.privateJwk);
  const der = Buffer.concat([Buffer.from([48, 70]), integer(good.subarray(0, 32)), integer(good.subarray(32))]);
  const cases: readonly (readonly [string, Buffer])[] = [
    ['(0, 0)', Buffer.concat([zero, zero])],
    ['(0, 1)', Buffer.concat([zero, one])],
    ['(1, 0)', Buffer.concat([one, zero])],
    ['(n, n)', Buffer.concat([order, order])],
    ['(r, 0)', Buffer.concat([good.subarray(0, 32), zero])],
    ['(r, n)', Buffer.concat([good.subarray(0, 32), order])],
    ['in DER form', der],
    ['of 63 bytes', good.subarray(0, 63)],
    ['of 65 bytes', Buffer.concat([good, Buffer.from([0])])],
    ['of r and s exchanged', Buffer.concat([good.subarray(32), good.subarray(0, 32)])],
  ];
  return cases.map(([name, signature]) => ({
    id: 'J11',
    title: `ES256 signature ${name}`,
    token: `${input}.${signature.toString('base64url')}`,
    detail: 'signature',
    sender,
  }));
}

const little = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();

/** J11: signatures of Ed25519 that a lenient reader takes for good. */
function edwardsSignatures({ requester, header, claims, row }: Forger): HostileToken[] {
  const input = `${encodePart(header)}.${encodePart(claims)}`;
  const good = signText(input, requester.privateJwk);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`);
  const cases: readonly (readonly [string, Buffer])[] = [
    ['with S + L', Buffer.concat([good.subarray(0, 32), little(s + order)])],
    ['of zeros', Buffer.alloc(64)],
    ['with R the identity and S zero', Buffer.concat([Buffer.from([1]), Buffer.alloc(63)])],
    ['with S zero', Buffer.concat([good.subarray(0, 32), Buffer.alloc(32)])],
    ['of 63 bytes', good.subarray(0, 63)],
    ['of 65 bytes', Buffer.concat([good, Buffer.from([0])])],
  ];
  return cases.map(([name, bytes]) =>
    row('J11', `Ed25519 signature ${name}`, `${input}.${bytes.toString('base64url')}`, 'signature'),
  );
}

/** J16: everything else that the requester ever signs. */
async function otherKinds({ requester, row }: Forger): Promise<HostileToken[]> {
  const others = TOKEN_KINDS.filter((kind) => kind !== 'request');
  return Promise.all(
    others.map(async (kind) => {
      const detail = kind === 'trace-query' ? 'header values' : 'header members';
      return row('J16', `a genuine ${kind} sent as a request`, await tokenOf(kind, requester, BROKER), detail);
    }),
  );
}
