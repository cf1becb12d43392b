import { exportJWK, generateKeyPair, calculateJwkThumbprint } from 'jose';
import {
  NO_AUDIENCE,
  TOKEN_PROFILES,
  importSigningKey,
  keySetFrom,
  signToken,
  type JsonObject,
  type KeySet,
  type SigningKey,
  type TokenKind,
} from '#protocol';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const NOW_SECONDS = NOW / 1000;
export const BROKER = 'https://broker.example';
export const OWNER = 'https://juniper-bend.example';
export const REQUESTER = 'https://salish-point.example';

export const TOKEN_KINDS = Object.keys(TOKEN_PROFILES) as TokenKind[];

export interface Party {
  readonly id: string;
  readonly signing: SigningKey;
  readonly privateJwk: JsonObject;
  readonly keys: KeySet;
}

/** A private JWK with its thumbprint as `kid`, as an agency's key file holds it. */
export async function privateJwk(type: 'Ed25519' | 'EdDSA' | 'ES256' | 'ECDH-ES'): Promise<JsonObject> {
  const { privateKey } = await generateKeyPair(type, {
    extractable: true,
    ...(type === 'ECDH-ES' ? { crv: 'X25519' } : {}),
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...(jwk as JsonObject), kid, alg: type, use: type === 'ECDH-ES' ? 'enc' : 'sig' };
}

export function publicPart(jwk: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== 'd'));
}

/** A member that is text, as `kid` and `x` of a key are. */
export function textOf(jwk: JsonObject, member: string): string {
  const text = jwk[member];
  if (typeof text !== 'string') throw new TypeError(`no text in \`${member}\``);
  return text;
}

/** `jwk` without one member: what is left out must be absent, not `undefined`. */
export function without(jwk: JsonObject, ...members: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(jwk).filter(([member]) => !members.includes(member)));
}

export async function party(id: string, type: 'Ed25519' | 'EdDSA' | 'ES256' = 'Ed25519'): Promise<Party> {
  const jwk = await privateJwk(type);
  const encryption = publicPart(await privateJwk('ECDH-ES'));
  return {
    id,
    privateJwk: jwk,
    signing: await importSigningKey(jwk),
    keys: await keySetFrom({ keys: [publicPart(jwk), encryption] }, 'sig'),
  };
}

/** The claims that every verification looks at, for one kind of message. */
export function claimsOf(kind: TokenKind, issuer: string, audience: string): JsonObject {
  const { addressed, maxLifetimeSeconds, requiresJti } = TOKEN_PROFILES[kind];
  return {
    iss: issuer,
    ...(addressed ? { aud: audience } : {}),
    iat: NOW_SECONDS,
    ...(maxLifetimeSeconds === undefined ? {} : { exp: NOW_SECONDS + Math.min(maxLifetimeSeconds, 120) }),
    ...(requiresJti ? { jti: 'aWRlbnRpZmllci0xMjM0NQ' } : {}),
  };
}

/** A good message of `kind` from `sender` to `audience`. */
export async function tokenOf(
  kind: TokenKind,
  sender: Party,
  audience: string,
  claims: JsonObject = claimsOf(kind, sender.id, audience),
): Promise<string> {
  const { carriesTrustChain } = TOKEN_PROFILES[kind];
  return signToken({ kind, claims, key: sender.signing, ...(carriesTrustChain ? { trustChain: ['a.b.c'] } : {}) });
}

export function audienceOf(kind: TokenKind, audience: string): string | typeof NO_AUDIENCE {
  return TOKEN_PROFILES[kind].addressed ? audience : NO_AUDIENCE;
}
