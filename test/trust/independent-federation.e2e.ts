import { KeyObject, verify as verifySignature } from 'node:crypto';
import { fetchEntityConfiguration, fetchEntityStatement, resolveTrustChains } from '@openid-federation/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publicKeyFrom, type JsonObject } from '#protocol';
import { configurationUrl, signEntityConfiguration, verifyTrustChain, type VerifiedChain } from '#trust';
import { ANCHOR, HARBOR, JUNIPER, OR, WA } from '../../apps/authority/test/example-authority.js';
import { NOW, query, runningAuthority, type RunningAuthority } from '../../apps/authority/test/running-authority.js';

/**
 * `@openid-federation/core` of npm (openwallet-foundation-labs/openid-federation-ts), which shares no line with this project,
 * asks the authority and builds the chain of an agency. docs/trust.md says what it does not look at.
 */
let authority: RunningAuthority;
const asked: string[] = [];

beforeAll(async () => {
  authority = await runningAuthority();
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  vi.stubGlobal('fetch', answer);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await authority.close();
});

/** The authority itself, without a socket; and beside it the agency's own host. */
async function answer(input: string | URL | Request): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const target = `${url.origin}${url.pathname}`;
  asked.push(target);
  if (target === configurationUrl(HARBOR)) return response(200, await harborConfiguration());
  if (url.origin !== ANCHOR) throw new TypeError(`nobody listens at ${url.origin}`);
  const { status, body, type } = await authority.get(`${url.pathname}${url.search}`);
  return response(status, body, type);
}

function response(status: number, body: string, type = 'application/entity-statement+jwt'): Response {
  return new Response(body, { status, headers: { 'content-type': type } });
}

function harborConfiguration(): Promise<string> {
  return signEntityConfiguration({
    entityId: HARBOR,
    key: authority.example.memberKeys.harbor,
    metadata: { comity_agency: { jwks: authority.example.protocolJwks } },
    authorityHints: [WA],
    trustMarks: [],
    issuedAt: NOW,
    lifetimeSeconds: 3_600,
  });
}

/** The library hands over key, text and signature. This is `node:crypto`, and not the verifier that is to be compared. */
const verifyJwtCallback = async (input: { jwk: object; data: Uint8Array; signature: Uint8Array }): Promise<boolean> => {
  const { key } = await publicKeyFrom(input.jwk as JsonObject);
  return verifySignature(null, input.data, KeyObject.from(key), input.signature);
};

async function bodyOf(path: string): Promise<string> {
  return (await authority.get(path)).body;
}

async function ownChain(): Promise<VerifiedChain> {
  const chain = await Promise.all([
    harborConfiguration(),
    bodyOf(`/jurisdictions/wa/federation/fetch${query({ sub: HARBOR })}`),
    bodyOf(`/federation/fetch${query({ sub: WA })}`),
    bodyOf('/.well-known/openid-federation'),
  ]);
  const anchors = [{ entityId: ANCHOR, jwks: await anchorKeys() }];
  return verifyTrustChain({ chain, anchors, now: NOW });
}

async function anchorKeys(): Promise<JsonObject> {
  const { jwks } = await fetchEntityConfiguration({ entityId: ANCHOR, verifyJwtCallback });
  return jwks as unknown as JsonObject;
}

/** Answers with one bit of the signature changed. */
async function flipped(input: string | URL | Request): Promise<Response> {
  const text = await (await answer(input)).text();
  const at = text.lastIndexOf('.') - 8;
  const other = text[at] === 'A' ? 'B' : 'A';
  return response(200, `${text.slice(0, at)}${other}${text.slice(at + 1)}`);
}

describe('an independent implementation of OpenID Federation', () => {
  it('builds the same chain from the authority as this one, statement by statement', async () => {
    const [found, ...others] = await resolveTrustChains({
      entityId: HARBOR,
      trustAnchorEntityIds: [ANCHOR],
      verifyJwtCallback,
    });
    expect(others).toEqual([]);
    expect(found?.valid).toBe(true);
    const own = await ownChain();
    const theirs = found?.chain.map(({ iss, sub, iat, exp, jwks }) => ({
      issuer: iss,
      subject: sub,
      issuedAt: iat.getTime(),
      expiresAt: exp.getTime(),
      kids: jwks.keys.map(({ kid }) => kid),
    }));
    // It hands the chain over without the leaf's own configuration, from the lowest statement to the anchor.
    expect(theirs?.map(({ issuer, subject }) => [issuer, subject])).toEqual([
      [WA, HARBOR],
      [ANCHOR, WA],
      [ANCHOR, ANCHOR],
    ]);
    expect(theirs).toMatchObject(
      own.links.slice(1).map(({ issuer, subject, issuedAt, expiresAt }) => ({ issuer, subject, issuedAt, expiresAt })),
    );
    expect(theirs?.[0]?.kids).toEqual([...own.federationKeys.keys()]);
    expect(found?.trustAnchorEntityConfiguration.sub).toBe(own.anchor);
    expect(found?.rawLeafEntityConfiguration.sub).toBe(own.entityId);
  });

  it('asked for nothing but the configurations and the statements, at the addresses that the authority publishes', () => {
    expect(new Set(asked)).toEqual(
      new Set([
        configurationUrl(HARBOR),
        configurationUrl(WA),
        configurationUrl(ANCHOR),
        `${WA}/federation/fetch`,
        `${ANCHOR}/federation/fetch`,
      ]),
    );
  });

  it('reads a subordinate statement of the authority, and is refused one in the name of another issuer', async () => {
    const statement = await fetchEntityStatement({ iss: WA, sub: HARBOR, verifyJwtCallback });
    expect(statement).toMatchObject({ iss: WA, sub: HARBOR });
    const endpoint = `${WA}/federation/fetch`;
    const foreign = fetchEntityStatement({ iss: ANCHOR, sub: HARBOR, endpoint, verifyJwtCallback });
    await expect(foreign).rejects.toThrow("received content-type 'application/json");
  });

  it('refuses a configuration of which one bit was changed', async () => {
    const changed = fetchEntityConfiguration({ entityId: WA, verifyJwtCallback, fetchCallback: flipped });
    await expect(changed).rejects.toThrow();
  });

  it('knows trust marks by the claim of an older draft only, and so reads no configuration that shows one', async () => {
    await expect(fetchEntityConfiguration({ entityId: OR, verifyJwtCallback })).rejects.toThrow(
      'fetched entity configuration JWT is invalid',
    );
  });

  it('finds no chain for an agency that its superior no longer knows, as little as this one', async () => {
    const at = `/jurisdictions/wa/federation/fetch${query({ sub: JUNIPER })}`;
    expect((await authority.get(at)).status).toBe(404);
    const missing = fetchEntityStatement({ iss: WA, sub: JUNIPER, verifyJwtCallback });
    await expect(missing).rejects.toThrow('content-type');
  });
});
