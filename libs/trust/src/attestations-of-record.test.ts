import { beforeAll, describe, expect, it } from 'vitest';
import { publicKeyFrom } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import {
  ABSENCE,
  exampleFederation,
  HOUR,
  ids,
  NOW,
  TEXT_DIGEST,
  WARRANT,
  type ExampleFederation,
} from '../test/example-federation.js';
import {
  attestationsOfRecord,
  signEntityConfiguration,
  signHistoricalKeys,
  signStatusList,
  signSubordinateStatement,
  verifyHistoricalKeys,
  type KeyRevocationReason,
  type Status,
  type TrustMarkContent,
  type TrustRecord,
} from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

const times = { issuedAt: NOW - 60_000, lifetimeSeconds: 3_600 };
const INDEX = { or: 1, agency: 2, law: 3, fact: 4 } as const;

interface Past {
  readonly orStatus?: ReadonlyMap<number, Status>;
  readonly listAt?: number;
  readonly law?: Partial<TrustMarkContent>;
  readonly orKeyEnded?: { readonly at: number; readonly reason: KeyRevocationReason };
  readonly provenBy?: (digest: string) => number | undefined;
}

/** The record of one evening: law of OR, and what OR attested about the agency. */
async function record({
  orStatus = new Map(),
  listAt = NOW,
  law = {},
  orKeyEnded,
  provenBy,
}: Past = {}): Promise<TrustRecord> {
  const { keys, anchors, protocolJwks } = federation;
  const mark = (content: Partial<TrustMarkContent>) => federation.mark({ ...times, ...content });
  const about = async (issuer: 'anchor' | 'or', subject: 'or' | 'agency') =>
    signSubordinateStatement({
      ...times,
      issuer: ids[issuer],
      subject: ids[subject],
      key: keys[issuer],
      jwks: { keys: [keys[subject].publicJwk] },
      metadata:
        subject === 'or'
          ? { comity_jurisdiction: { name: 'Oregon' } }
          : { comity_agency: { name: 'Juniper Bend Police', agency_class: 'municipal_police' } },
      statusIndex: INDEX[subject],
    });
  const configuration = (name: 'or' | 'agency' | 'anchor', marks: { type: string; token: string }[]) =>
    signEntityConfiguration({
      ...times,
      entityId: ids[name],
      key: keys[name],
      metadata:
        name === 'agency'
          ? { comity_agency: { jwks: protocolJwks.agency } }
          : name === 'or'
            ? { comity_jurisdiction: {} }
            : {},
      authorityHints: name === 'anchor' ? [] : [name === 'or' ? ids.anchor : ids.or],
      trustMarks: marks,
      ...(name === 'anchor' && { trustMarkIssuers: { [WARRANT]: [ids.or], [ABSENCE]: [ids.or] } }),
    });
  const lawToken = await mark({ statusIndex: INDEX.law, ...law });
  const fact = await mark({
    type: ABSENCE,
    subject: ids.agency,
    basis: 'declaration',
    binds: [],
    statusIndex: INDEX.fact,
  });
  const [anchor, above, below, jurisdiction, leaf] = await Promise.all([
    configuration('anchor', []),
    about('anchor', 'or'),
    about('or', 'agency'),
    configuration('or', [{ type: WARRANT, token: lawToken }]),
    configuration('agency', [{ type: ABSENCE, token: fact }]),
  ]);
  const list = (issuer: 'anchor' | 'or', statuses: ReadonlyMap<number, Status>) =>
    signStatusList({ issuer: ids[issuer], statuses, size: 8, issuedAt: listAt, key: keys[issuer] });
  return {
    anchors,
    agency: [leaf, below, above, anchor],
    jurisdictions: [[jurisdiction, above, anchor]],
    statusLists: [await list('anchor', new Map()), await list('or', orStatus)],
    histories: orKeyEnded ? [await historyOf(orKeyEnded)] : [],
    provenBy: provenBy ?? (() => undefined),
  };
}

async function historyOf(revoked: { at: number; reason: KeyRevocationReason }) {
  const next = await generateSigningKey();
  const life = { issuedAt: NOW - 1_000 * HOUR, expiresAt: NOW + 1_000 * HOUR, revoked };
  const token = await signHistoricalKeys({
    issuer: ids.or,
    keys: [{ jwk: federation.keys.or.publicJwk, ...life }],
    issuedAt: NOW + HOUR,
    key: next,
  });
  const keys = new Map([[next.kid, await publicKeyFrom(next.publicJwk)]]);
  return verifyHistoricalKeys({ token, issuer: ids.or, keys, now: NOW + HOUR });
}

const levels = async (past: Past, at = NOW) =>
  (await attestationsOfRecord(await record(past), at)).attestations.map(({ protection }) => protection);

describe('what bound an agency at an instant of the past', () => {
  it('is told from the record alone, each attestation with issuer, basis, statute, version and proof', async () => {
    const kept = await record();
    const { agency, jurisdictions, attestations, refused } = await attestationsOfRecord(kept, NOW);
    expect(refused).toEqual([]);
    expect(agency.entityId).toBe(ids.agency);
    expect(jurisdictions).toEqual([ids.or]);
    const [law, fact] = attestations;
    expect(law).toMatchObject({
      protection: 'legal-process',
      level: 'warrant',
      version: '1',
      issuer: ids.or,
      basis: 'statute',
      statute: 'an invented statute § 1',
      textDigest: TEXT_DIGEST,
      selfIssued: false,
    });
    expect(law?.proof).toMatchObject({ issuer: kept.jurisdictions[0], status: { index: INDEX.law } });
    expect(fact).toMatchObject({ protection: 'agreement-287g', subject: ids.agency, basis: 'declaration' });
  });

  it('is told for another instant only by statements and lists of that instant', async () => {
    expect(await levels({}, NOW + 39_000)).toHaveLength(2);
    await expect(record().then((kept) => attestationsOfRecord(kept, NOW + 40_000))).rejects.toMatchObject({
      code: 'status_unknown',
    });
    await expect(record().then((kept) => attestationsOfRecord(kept, NOW - 2 * HOUR))).rejects.toMatchObject({
      code: 'not_yet_valid',
    });
  });

  it('leaves out what was revoked or suspended then, and says so', async () => {
    const { attestations, refused } = await attestationsOfRecord(
      await record({ orStatus: new Map([[INDEX.law, 'revoked']]) }),
      NOW,
    );
    expect(attestations.map(({ protection }) => protection)).toEqual(['agreement-287g']);
    expect(refused).toMatchObject([{ code: 'status_revoked' }]);
    const suspended = await record({ orStatus: new Map([[INDEX.agency, 'suspended']]) });
    await expect(attestationsOfRecord(suspended, NOW)).rejects.toMatchObject({
      code: 'status_suspended',
      link: 1,
      entityId: ids.agency,
    });
  });

  it('is nothing where a law took effect later, or had ended', async () => {
    expect(await levels({ law: { effectiveFrom: NOW + 1_000 } })).toEqual(['agreement-287g']);
    expect(await levels({ law: { effectiveUntil: NOW } })).toEqual(['agreement-287g']);
  });

  it('T11: by a key that was lost since is nothing, unless it is proven to be older than the loss', async () => {
    const orKeyEnded = { at: NOW + 10 * HOUR, reason: 'compromised' } as const;
    await expect(record({ orKeyEnded }).then((kept) => attestationsOfRecord(kept, NOW))).rejects.toMatchObject({
      code: 'key_compromised',
      link: 1,
    });
    expect(await levels({ orKeyEnded, provenBy: () => NOW + HOUR })).toHaveLength(2);
    await expect(
      record({ orKeyEnded, provenBy: () => NOW + 10 * HOUR }).then((kept) => attestationsOfRecord(kept, NOW)),
    ).rejects.toMatchObject({ code: 'key_compromised' });
  });

  it('T12: by a key that was superseded since stands', async () => {
    expect(await levels({ orKeyEnded: { at: NOW + HOUR, reason: 'superseded' } })).toHaveLength(2);
  });
});
