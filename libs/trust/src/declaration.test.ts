import { beforeAll, describe, expect, it } from 'vitest';
import { digestOfText, type JsonObject } from '#protocol';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import {
  signDeclaration,
  statusListUri,
  verifyDeclaration,
  type DeclarationContent,
  type TrustErrorCode,
  type VerifiedChain,
} from './index.js';

let federation: ExampleFederation;
let agency: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  agency = await federation.verify(await federation.chain());
});

const DAY = 86_400;
const WORDING = 'We shall not use these reads to enforce a law against reproductive care.\nSigned at Juniper Bend.';

function sign(content: Partial<DeclarationContent> = {}): Promise<string> {
  return signDeclaration({
    issuer: ids.agency,
    jti: 'ZGVjbGFyYXRpb24tMDAwMQ',
    declaration: 'no-reproductive-enforcement',
    wording: WORDING,
    officer: { name: 'Invented Person', title: 'chief of police' },
    sworn: { statute: 'an invented statute § 2' },
    issuedAt: NOW - 1_000,
    lifetimeSeconds: DAY,
    statusIndex: undefined,
    key: federation.keys.agency,
    ...content,
  });
}

const verify = (token: string, now = NOW) =>
  verifyDeclaration({ token, issuer: ids.agency, keys: agency.federationKeys, now });

async function refuses(token: Promise<string>, code: TrustErrorCode, now = NOW): Promise<void> {
  await expect(verify(await token, now)).rejects.toMatchObject({ name: 'TrustError', code });
}

describe('a declaration', () => {
  it('is the word of a named officer, dated, with the words and the oath', async () => {
    expect(await verify(await sign())).toMatchObject({
      issuer: ids.agency,
      declaration: 'no-reproductive-enforcement',
      wording: WORDING,
      wordingDigest: digestOfText(WORDING),
      officer: { name: 'Invented Person', title: 'chief of police' },
      sworn: { statute: 'an invented statute § 2' },
      status: undefined,
      expiresAt: NOW - 1_000 + DAY * 1_000,
    });
    expect((await verify(await sign({ sworn: undefined }))).sworn).toBeUndefined();
  });

  it('ends: no longer than 400 days, and not one second after', async () => {
    await refuses(sign(), 'expired', NOW - 1_000 + DAY * 1_000);
    await refuses(sign({ lifetimeSeconds: 401 * DAY, statusIndex: 3 }), 'lifetime_too_long');
    await refuses(sign({ issuedAt: NOW + 11_000 }), 'not_yet_valid');
  });

  it('that lives longer than a day names the status by which the agency can take it back', async () => {
    await refuses(sign({ lifetimeSeconds: DAY + 1 }), 'status_missing');
    const standing = await verify(await sign({ lifetimeSeconds: 365 * DAY, statusIndex: 3 }));
    expect(standing.status).toEqual({ uri: statusListUri(ids.agency), index: 3 });
  });

  it('T06: is refused as the declaration of another agency, or by a key that is not the agency’s', async () => {
    await refuses(sign({ issuer: ids.neighbour }), 'link_broken');
    await refuses(sign({ key: federation.keys.or }), 'signature_invalid');
    await refuses(sign({ key: federation.keys.neighbour }), 'signature_invalid');
  });

  it('is refused with a member missing, unknown or of another shape', async () => {
    const good = JSON.parse(Buffer.from((await sign()).split('.')[1] ?? '', 'base64url').toString()) as JsonObject;
    const bad: JsonObject[] = [
      { ...good, declaration: 'No Enforcement' },
      { ...good, wording: ' ' },
      { ...good, wording: 'x'.repeat(8_193) },
      { ...good, wording: 'a\u202eb' },
      { ...good, wording: 'a\tb' },
      { ...good, officer: 'Invented Person' },
      { ...good, officer: { name: 'Invented Person' } },
      { ...good, officer: { name: 'Invented Person', title: 'chief', badge: '1' } },
      { ...good, officer: [{ name: 'a', title: 'b' }] },
      { ...good, sworn: true },
      { ...good, sworn: {} },
      { ...good, sub: ids.agency },
      ...['declaration', 'wording', 'officer', 'iat', 'exp', 'jti'].map((name) =>
        Object.fromEntries(Object.entries(good).filter(([member]) => member !== name)),
      ),
    ];
    for (const claims of bad)
      await refuses(signClaims('declaration', claims, federation.keys.agency), 'declaration_malformed');
    await refuses(federation.mark({}), 'declaration_malformed');
  });
});
