import { ProtocolError, isJsonObject, keySetFrom, readToken, type JsonObject, type JsonValue } from '#protocol';
import { TrustError, verifyHistoricalKeys, type PinnedAnchor, type VerifiedKeyHistory } from '#trust';
import { told, type EvidenceCheck } from './evidence-check.js';
import type { EvidenceDocuments } from './evidence-documents.js';

/**
 * The pinned anchors with the keys that they used at `at`, as far as histories signed by the pinned keys vouch for them. A key
 * that was compromised counts for nothing here: with it in hand an attacker dates as he likes, and only a checkpoint witnessed
 * before then could show otherwise (B12, T11).
 *
 * @param input.now milliseconds, of the reader; `at` the instant that the evidence is from
 */
export async function anchorsAt(
  anchors: readonly PinnedAnchor[],
  histories: EvidenceDocuments['histories'],
  input: { at: number; now: number },
): Promise<PinnedAnchor[]> {
  return Promise.all(
    anchors.map(async (anchor) => {
      const own = histories.filter(({ entityId }) => entityId === anchor.entityId);
      const former = await Promise.all(own.map(({ token }) => formerKeys(anchor, token, input)));
      return { ...anchor, jwks: { keys: [...keysOf(anchor.jwks), ...former.flat()] } };
    }),
  );
}

/** Each history by the keys that are pinned now: one that they did not sign is nobody's, and says that the bundle was changed. */
export function historyChecks(
  anchors: readonly PinnedAnchor[],
  histories: EvidenceDocuments['histories'],
  now: number,
): Promise<EvidenceCheck[]> {
  return Promise.all(
    histories.map(async ({ entityId, token }) => {
      const anchor = anchors.find((pinned) => pinned.entityId === entityId);
      const history = anchor && (await verifiedHistory(anchor, token, now));
      return history === undefined
        ? told('history', 'broken', entityId, 'the keys that it used before are not signed by a pinned key')
        : told('history', 'holds', entityId, 'the keys that it used before are signed by a pinned key');
    }),
  );
}

async function verifiedHistory(
  anchor: PinnedAnchor,
  token: string,
  now: number,
): Promise<VerifiedKeyHistory | undefined> {
  try {
    const keys = await keySetFrom(anchor.jwks, 'sig');
    return await verifyHistoricalKeys({ token, issuer: anchor.entityId, keys, now });
  } catch (error) {
    // A history that nobody pinned vouches for adds nothing; its check says so, and the chains fail by name.
    if (error instanceof TrustError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

async function formerKeys(
  anchor: PinnedAnchor,
  token: string,
  { at, now }: { at: number; now: number },
): Promise<JsonObject[]> {
  const history = await verifiedHistory(anchor, token, now);
  if (history === undefined) return [];
  return keysOf({ keys: readToken('historical-keys', token).claims['keys'] ?? [] }).flatMap((jwk) => {
    const { iat: _iat, exp: _exp, revoked: _revoked, ...key } = jwk;
    return signedAt(history, key, at) ? [key] : [];
  });
}

function signedAt(history: VerifiedKeyHistory, jwk: JsonObject, at: number): boolean {
  const life = [...history.keys.values()].find(({ key }) => key.kid === jwk['kid']);
  if (life === undefined || life.revoked?.reason === 'compromised') return false;
  return at >= life.issuedAt && at < Math.min(life.expiresAt, life.revoked?.at ?? Infinity);
}

function keysOf(jwks: JsonValue): JsonObject[] {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined;
  return Array.isArray(keys) ? keys.filter(isJsonObject) : [];
}
