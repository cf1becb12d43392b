import { keySetFrom, verifyArchivedToken } from '#protocol';
import { parseTrustMark, signTrustMarkStatus, TrustError, type MarkStatus, type UnverifiedTrustMark } from '#trust';
import type { AuthorityNode } from './authority-node.js';
import { jwksOf } from './key-history.store.js';
import type { Authority } from './statement-desk.js';

/**
 * What an issuer says of one mark that somebody shows.
 *
 * @returns `trust-mark-status-response+jwt`; `undefined` for what this authority never issued
 */
export async function trustMarkStatus(
  node: AuthorityNode,
  authority: Authority,
  token: string,
): Promise<string | undefined> {
  const mark = readMark(token);
  if (mark === undefined || mark.issuer !== authority.entityId) return undefined;
  const now = node.clock.now();
  const status = await statusOf(node, authority, mark, now);
  if (status === undefined) return undefined;
  const { entityId: issuer, key } = authority;
  return signTrustMarkStatus({ issuer, trustMark: token, status, issuedAt: now, key });
}

function readMark(token: string): UnverifiedTrustMark | undefined {
  try {
    return parseTrustMark(token);
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}

async function statusOf(
  node: AuthorityNode,
  authority: Authority,
  mark: UnverifiedTrustMark,
  now: number,
): Promise<MarkStatus | undefined> {
  const { entityId } = authority;
  const held = [...(await node.keys.current(entityId, now)), ...(await node.keys.historical(entityId, now))];
  // A key that was revoked verifies nothing here: whoever has it may have signed the mark an hour ago.
  const keys = held.filter(({ revoked }) => revoked === null);
  if (!(await isSigned(mark, entityId, keys))) return 'invalid';
  const status = mark.status && (await node.status.statusOf(entityId, mark.status.index));
  switch (status) {
    case undefined:
      return undefined;
    case 'revoked':
    case 'suspended':
      return status;
    case 'valid':
      return now >= mark.expiresAt ? 'expired' : 'active';
  }
}

async function isSigned(
  { token }: UnverifiedTrustMark,
  issuer: string,
  keys: Parameters<typeof jwksOf>[0],
): Promise<boolean> {
  try {
    await verifyArchivedToken({ kind: 'trust-mark', token, keys: await keySetFrom(jwksOf(keys), 'sig'), issuer });
    return true;
  } catch {
    // Whatever is wrong with it, the answer of the standard is one word.
    return false;
  }
}
