import { beforeAll, describe, expect, it } from 'vitest';
import { zlibSync } from 'fflate';
import { encodeBase64url, signToken, type JsonObject, type SigningKey } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import { claimsIn } from '../test/refusals.js';
import {
  packStatuses,
  compressStatuses,
  inflateStatuses,
  parseStatusClaim,
  parseTrustMark,
  requireValidStatus,
  signStatusList,
  statusAt,
  statusListUri,
  TrustError,
  verifyStatusList,
  type Status,
  type TrustErrorCode,
  type VerifiedChain,
  type VerifiedStatusList,
} from './index.js';

let federation: ExampleFederation;
let or: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  or = await federation.jurisdictionChain('or');
});

const statuses = new Map<number, Status>([
  [1, 'revoked'],
  [2, 'suspended'],
  [7, 'revoked'],
]);

function listToken(issuedAt = NOW, key: SigningKey = federation.keys.or): Promise<string> {
  return signStatusList({ issuer: ids.or, statuses, size: 8, issuedAt, key });
}

async function list(issuedAt = NOW, now = NOW): Promise<VerifiedStatusList> {
  return verifyStatusList({ token: await listToken(issuedAt), issuer: ids.or, keys: or.federationKeys, now });
}

function lstOf(bytes: Uint8Array): (claims: JsonObject) => void {
  return (claims) => {
    (claims['status_list'] as JsonObject)['lst'] = encodeBase64url(bytes);
  };
}

const claim = (uri: string, idx: number): JsonObject => ({ status_list: { idx, uri } });
const reference = (index: number, issuer: string = ids.or) => ({ uri: statusListUri(issuer), index });

async function refusesClaims(change: (claims: JsonObject) => void, code: TrustErrorCode): Promise<void> {
  const claims = JSON.parse(Buffer.from((await listToken()).split('.')[1] ?? '', 'base64url').toString()) as JsonObject;
  change(claims);
  const token = await signClaims('status-list', claims, federation.keys.or);
  const verified = verifyStatusList({ token, issuer: ids.or, keys: or.federationKeys, now: NOW });
  await expect(verified).rejects.toMatchObject({ name: 'TrustError', code });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof TrustError ? error.code : String(error);
  }
  return 'accepted';
}

describe('a status list', () => {
  it('says of each entry whether it is valid, revoked or suspended', async () => {
    const verified = await list();
    const read = Array.from({ length: 8 }, (_, index) => statusAt(verified, reference(index), NOW));
    expect(read).toEqual(['valid', 'revoked', 'suspended', 'valid', 'valid', 'valid', 'valid', 'revoked']);
    expect(codeOf(() => requireValidStatus(verified, reference(0), NOW))).toBe('accepted');
    expect(codeOf(() => requireValidStatus(verified, reference(1), NOW))).toBe('status_revoked');
    expect(codeOf(() => requireValidStatus(verified, reference(2), NOW))).toBe('status_suspended');
  });

  it('T07: says nothing once it is 40 s old, also where it was fresh when it was fetched', async () => {
    const verified = await list();
    expect(codeOf(() => statusAt(verified, reference(0), NOW + 39_999))).toBe('accepted');
    expect(codeOf(() => statusAt(verified, reference(0), NOW + 40_000))).toBe('status_stale');
    await expect(list(NOW, NOW + 40_000)).rejects.toMatchObject({ code: 'status_stale' });
  });

  it('T07: that could not be had, that is too short or that is somebody else’s says nothing, and nothing is not valid', async () => {
    const verified = await list();
    expect(codeOf(() => requireValidStatus(undefined, reference(0), NOW))).toBe('status_unknown');
    expect(codeOf(() => requireValidStatus(verified, reference(8), NOW))).toBe('status_unknown');
    expect(codeOf(() => requireValidStatus(verified, reference(-1), NOW))).toBe('status_unknown');
    expect(codeOf(() => requireValidStatus(verified, reference(0.5), NOW))).toBe('status_unknown');
    expect(codeOf(() => requireValidStatus(verified, reference(0, ids.ga), NOW))).toBe('status_unknown');
  });

  it('with a value that has no meaning says nothing', async () => {
    const lst = compressStatuses(packStatuses(2, [3, 0, 0, 0], 4));
    const claims = { iss: ids.or, sub: statusListUri(ids.or), iat: NOW / 1_000, exp: NOW / 1_000 + 40, ttl: 10 };
    const token = await signClaims('status-list', { ...claims, status_list: { bits: 2, lst } }, federation.keys.or);
    const odd = await verifyStatusList({ token, issuer: ids.or, keys: or.federationKeys, now: NOW });
    expect(codeOf(() => requireValidStatus(odd, reference(0), NOW))).toBe('status_unknown');
    expect(codeOf(() => requireValidStatus(odd, reference(1), NOW))).toBe('accepted');
  });

  it('is refused from another key, another issuer, or as another kind of token', async () => {
    const keys = or.federationKeys;
    const token = await listToken(NOW, await generateSigningKey());
    await expect(verifyStatusList({ token, issuer: ids.or, keys, now: NOW })).rejects.toMatchObject({
      code: 'signature_invalid',
    });
    await expect(verifyStatusList({ token: await listToken(), issuer: ids.ga, keys, now: NOW })).rejects.toMatchObject({
      code: 'status_list_foreign',
    });
    const mark = await federation.mark({});
    await expect(verifyStatusList({ token: mark, issuer: ids.or, keys, now: NOW })).rejects.toMatchObject({
      code: 'status_list_malformed',
    });
  });

  it('is refused from the future beyond 10 s, and with a life of more than 40 s', async () => {
    await expect(list(NOW + 11_000)).rejects.toMatchObject({ code: 'not_yet_valid' });
    await expect(list(NOW + 10_000)).resolves.toBeDefined();
    await refusesClaims((claims) => (claims['exp'] = NOW / 1_000 + 41), 'signature_invalid');
    await refusesClaims((claims) => delete claims['exp'], 'status_list_malformed');
  });

  it('is refused at another address, with another width, or with anything it does not know', async () => {
    await refusesClaims((claims) => (claims['sub'] = statusListUri(ids.ga)), 'status_list_foreign');
    await refusesClaims((claims) => (claims['sub'] = `${ids.or}/other`), 'status_list_foreign');
    await refusesClaims((claims) => ((claims['status_list'] as JsonObject)['bits'] = 1), 'status_list_malformed');
    await refusesClaims((claims) => (claims['aggregation_uri'] = 'x'), 'status_list_malformed');
    await refusesClaims((claims) => ((claims['status_list'] as JsonObject)['x'] = 1), 'status_list_malformed');
  });

  it('is refused when it is no zlib, cut off, changed, or inflates beyond a megabyte', async () => {
    const good = zlibSync(new Uint8Array(5_000).map((_, index) => (index * 7) & 85));
    await refusesClaims(lstOf(Uint8Array.of(1, 2, 3)), 'status_list_malformed');
    await refusesClaims(lstOf(good.subarray(0, -5)), 'status_list_malformed');
    await refusesClaims(lstOf(Uint8Array.from([...good, 0])), 'status_list_malformed');
    await refusesClaims(lstOf(zlibSync(new Uint8Array((1 << 20) + 1))), 'status_list_malformed');
    await refusesClaims(lstOf(zlibSync(new Uint8Array(100_000_000), { level: 9 })), 'status_list_malformed');
    await refusesClaims((claims) => ((claims['status_list'] as JsonObject)['lst'] = 'a b'), 'status_list_malformed');
    // While it inflates, not after it has: a bomb costs no more than the megabyte.
    const bomb = encodeBase64url(zlibSync(new Uint8Array(50_000_000), { level: 9 }));
    expect(() => inflateStatuses(2, bomb)).toThrow('inflates to more than 1 MiB');
  });
});

describe('the status of a statement', () => {
  it('stands in the list of its issuer and nowhere else', () => {
    expect(parseStatusClaim(claim(statusListUri(ids.or), 5), ids.or)).toEqual(reference(5));
    expect(codeOf(() => parseStatusClaim(claim(statusListUri(ids.agency), 5), ids.or))).toBe('status_list_foreign');
    expect(codeOf(() => parseStatusClaim(claim(`${statusListUri(ids.or)}?x`, 5), ids.or))).toBe('status_list_foreign');
    for (const index of [-1, 1.5, 1 << 20]) {
      expect(codeOf(() => parseStatusClaim(claim(statusListUri(ids.or), index), ids.or))).toBe('status_malformed');
    }
    expect(codeOf(() => parseStatusClaim({}, ids.or))).toBe('status_malformed');
    expect(codeOf(() => parseStatusClaim({ ...claim(statusListUri(ids.or), 5), x: 1 }, ids.or))).toBe(
      'status_malformed',
    );
  });

  it('T07: is required: a statement or mark that nobody could take back is not believed', async () => {
    const [leaf = '', , upper = '', anchor = ''] = await federation.chain();
    const claims = federation.claims().lower;
    const lower = await signToken({ kind: 'entity-statement', claims, key: federation.keys.or });
    await expect(federation.verify([leaf, lower, upper, anchor])).rejects.toMatchObject({
      code: 'status_missing',
      link: 1,
    });
    const { status: _, ...ofMark } = claimsIn(await federation.mark({}));
    const mark = await signToken({ kind: 'trust-mark', claims: ofMark, key: federation.keys.or });
    expect(codeOf(() => parseTrustMark(mark))).toBe('status_missing');
  });

  it('is read from a subordinate statement, and goes with the verified chain', async () => {
    const claims = federation.claims();
    claims.lower['status'] = { status_list: { idx: 12, uri: statusListUri(ids.or) } };
    const chain = await federation.verify(await federation.sign(claims));
    expect(chain.links[1]?.status).toEqual(reference(12));
    claims.lower['status'] = { status_list: { idx: 12, uri: statusListUri(ids.agency) } };
    await expect(federation.verify(await federation.sign(claims))).rejects.toMatchObject({
      code: 'status_list_foreign',
      link: 1,
    });
  });
});
