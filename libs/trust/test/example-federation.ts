import { signToken, type JsonObject, type SigningKey, type TokenKind } from '#protocol';
import { generateDecryptionKey, generateSigningKey } from '#protocol/io';
import {
  protectionMarkType,
  signEntityConfiguration,
  signSubordinateStatement,
  signTrustMark,
  statusListUri,
  verifyAnchorConfiguration,
  verifyTrustChain,
  type PinnedAnchor,
  type TrustMarkContent,
  type VerifiedAnchor,
  type VerifiedChain,
} from '../src/index.js';

/** A small federation of invented entities, for tests: an anchor, the jurisdictions OR and GA, an agency in each, a broker. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const HOUR = 3_600_000;

export const ids = {
  anchor: 'https://anchor.example',
  or: 'https://or.authority.example',
  ga: 'https://ga.authority.example',
  agency: 'https://juniper-bend.or.example',
  neighbour: 'https://peachtree-flats.ga.example',
  broker: 'https://broker.example',
} as const;
export type Name = keyof typeof ids;

export interface ExampleFederation {
  readonly keys: Readonly<Record<Name, SigningKey>>;
  readonly protocolJwks: Readonly<Record<Name, JsonObject>>;
  readonly anchors: readonly PinnedAnchor[];
  /** Claims of each statement of the chain OR agency, before signing: a test changes some and signs again. */
  claims(): ChainClaims;
  sign(claims: ChainClaims): Promise<string[]>;
  chain(): Promise<string[]>;
  verify(chain: readonly string[], now?: number): Promise<VerifiedChain>;
  jurisdictionChain(name: 'or' | 'ga', marks?: readonly string[]): Promise<VerifiedChain>;
  anchorConfiguration(issuers?: Record<string, readonly string[]>): Promise<VerifiedAnchor>;
  mark(content: Partial<TrustMarkContent>, signer?: Name): Promise<string>;
}

export interface ChainClaims {
  leaf: JsonObject;
  lower: JsonObject;
  upper: JsonObject;
  anchor: JsonObject;
}

export const WARRANT = protectionMarkType(ids.anchor, { protection: 'legal-process', level: 'warrant', version: '1' });
export const ABSENCE = protectionMarkType(ids.anchor, { protection: 'agreement-287g', level: 'none', version: '1' });
export const TEXT_DIGEST = 'A'.repeat(43);

const names = Object.keys(ids) as Name[];

/** Where the statement about an entity stands in its superior's status list. */
export function statusIndexOf(entityId: string): number {
  return 1 + names.findIndex((name) => ids[name] === entityId);
}
/** Where every mark of the example stands in its issuer's status list. */
export const MARK_INDEX = 100;

async function forEachName<T>(make: () => Promise<T>): Promise<Record<Name, T>> {
  const made = await Promise.all(names.map(async (name) => [name, await make()] as const));
  return Object.fromEntries(made) as Record<Name, T>;
}

export async function exampleFederation(): Promise<ExampleFederation> {
  const keys = await forEachName(generateSigningKey);
  const protocolJwks = await forEachName(async () => ({
    keys: [(await generateSigningKey()).publicJwk, (await generateDecryptionKey()).publicJwk],
  }));
  const anchors = [{ entityId: ids.anchor, jwks: { keys: [keys.anchor.publicJwk] } }];
  const iat = NOW / 1_000 - 60;
  const exp = iat + 3_600;
  const own = (name: Name) => ({ iss: ids[name], sub: ids[name], iat, exp, jwks: { keys: [keys[name].publicJwk] } });
  const about = (issuer: Name, subject: Name) => ({
    ...own(subject),
    iss: ids[issuer],
    sub: ids[subject],
  });
  const claims = (): ChainClaims => ({
    leaf: {
      ...own('agency'),
      authority_hints: [ids.or],
      metadata: { comity_agency: { name: 'as it calls itself', jwks: protocolJwks.agency, endpoint: ids.agency } },
    },
    lower: {
      ...about('or', 'agency'),
      metadata: { comity_agency: { name: 'Juniper Bend Police', ori: 'OR0990100', agency_class: 'municipal_police' } },
    },
    upper: {
      ...about('anchor', 'or'),
      metadata: { comity_jurisdiction: { name: 'Oregon' } },
      constraints: { max_path_length: 1, allowed_entity_types: ['comity_jurisdiction', 'comity_agency'] },
    },
    anchor: { ...own('anchor'), metadata: { federation_entity: { organization_name: 'anchor' } } },
  });
  const sign = async (parts: ChainClaims) =>
    Promise.all([
      signClaims('entity-statement', parts.leaf, keys.agency),
      signClaims('entity-statement', parts.lower, keys.or),
      signClaims('entity-statement', parts.upper, keys.anchor),
      signClaims('entity-statement', parts.anchor, keys.anchor),
    ]);
  const times = { issuedAt: NOW - 60_000, lifetimeSeconds: 3_600 };
  const anchorToken = (
    trustMarkIssuers: Record<string, readonly string[]> = { [WARRANT]: [ids.or, ids.ga], [ABSENCE]: [ids.or] },
  ) =>
    signEntityConfiguration({
      ...times,
      entityId: ids.anchor,
      key: keys.anchor,
      metadata: { federation_entity: {} },
      authorityHints: [],
      trustMarks: [],
      trustMarkIssuers,
    });
  return {
    keys,
    protocolJwks,
    anchors,
    claims,
    sign,
    chain: () => sign(claims()),
    verify: (chain, now = NOW) => verifyTrustChain({ chain, anchors, now }),
    async jurisdictionChain(name, marks = []) {
      const configuration = await signEntityConfiguration({
        ...times,
        entityId: ids[name],
        key: keys[name],
        metadata: { comity_jurisdiction: {} },
        authorityHints: [ids.anchor],
        trustMarks: marks.map((token) => ({ type: WARRANT, token })),
      });
      const statement = await signSubordinateStatement({
        ...times,
        issuer: ids.anchor,
        subject: ids[name],
        key: keys.anchor,
        jwks: { keys: [keys[name].publicJwk] },
        metadata: { comity_jurisdiction: { name } },
        statusIndex: statusIndexOf(ids[name]),
      });
      return verifyTrustChain({ chain: [configuration, statement, await anchorToken()], anchors, now: NOW });
    },
    anchorConfiguration: async (issuers) =>
      verifyAnchorConfiguration({ token: await anchorToken(issuers), anchors, now: NOW }),
    mark: (content, signer = 'or') =>
      signTrustMark({
        ...times,
        issuer: ids.or,
        subject: ids.or,
        type: WARRANT,
        statute: 'an invented statute § 1',
        textDigest: TEXT_DIGEST,
        basis: 'statute',
        effectiveFrom: NOW - 1_000 * HOUR,
        effectiveUntil: null,
        binds: ['municipal_police'],
        statusIndex: MARK_INDEX,
        key: keys[signer],
        ...content,
      }),
  };
}

/**
 * Signs whatever it is given, as an attacker who holds the key would. A subordinate statement gets a status of its issuer
 * where it says nothing about one, so that a test that alters something else meets only that.
 */
export function signClaims(kind: TokenKind, claims: JsonObject, key: SigningKey): Promise<string> {
  const { iss, sub } = claims;
  const isStatement = kind === 'entity-statement' && typeof iss === 'string' && typeof sub === 'string' && iss !== sub;
  const adds = isStatement && !('status' in claims);
  const status = adds && { status_list: { idx: statusIndexOf(sub), uri: statusListUri(iss) } };
  return signToken({ kind, claims: { ...claims, ...(status && { status }) }, key });
}

/** Adds to what a superior states about an agency. */
export function stateAccess(lower: JsonObject, access: JsonObject): void {
  const metadata = lower['metadata'] as Record<string, JsonObject>;
  metadata['comity_agency'] = { ...metadata['comity_agency'], access };
}
