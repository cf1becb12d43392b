import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { signEntityConfiguration, type TrustMarkContent } from '../src/index.js';
import {
  ABSENCE,
  exampleFederation,
  HOUR,
  ids,
  NOW,
  WARRANT,
  type ExampleFederation,
  type Name,
} from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import {
  ARCHIVE_NOTHING,
  FOLLOWED_NOTHING,
  REFUSED_NOTHING,
  SEEN_NOTHING,
  TrustDirectory,
  type RefusedMark,
} from './index.js';

let federation: ExampleFederation;
let hosts: FederationHosts;
let clock: FakeClock;
let directory: TrustDirectory;
let told: RefusedMark[];

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(async () => {
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
  hosts.marks.set(ids.ga, [{ issuer: ids.ga, subject: ids.ga, type: WARRANT }]);
  told = [];
  directory = new TrustDirectory({
    anchors: federation.anchors,
    network: hosts,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
    onRefusedMark: (refused) => void told.push(refused),
  });
  await directory.refresh();
});

/** An agency with these marks in its configuration, as a decision would see it. */
async function viewOf(agency: 'agency' | 'neighbour', superior: 'or' | 'ga', marks: { type: string; token: string }[]) {
  const configuration = await signEntityConfiguration({
    entityId: ids[agency],
    key: federation.keys[agency],
    metadata: { comity_agency: { jwks: federation.protocolJwks[agency] } },
    authorityHints: [ids[superior]],
    trustMarks: marks,
    issuedAt: clock.now(),
    lifetimeSeconds: 3_600,
  });
  const above = [await hosts.statement('anchor', superior), await hosts.configuration('anchor')];
  return directory.agencyView([configuration, await hosts.statement(superior, agency), ...above]);
}

function mark(content: Partial<TrustMarkContent>, signer: Name): Promise<string> {
  return federation.mark({ issuedAt: clock.now(), ...content }, signer);
}
const absence = { type: ABSENCE, basis: 'declaration', binds: [] } as const;
const byGeorgiaAboutOregons = () => mark({ issuer: ids.ga, subject: ids.agency, type: WARRANT, binds: [] }, 'ga');
const protections = async (...marks: { type: string; token: string }[]) =>
  (await viewOf('neighbour', 'ga', marks)).attestations.map(({ protection }) => protection);

describe('a mark that is shown and not believed', () => {
  it('T06: of another agency is told, by whom it is shown and which it is, once a day', async () => {
    const copied = { type: ABSENCE, token: await mark({ ...absence, issuer: ids.ga, subject: ids.neighbour }, 'ga') };
    await viewOf('agency', 'or', [copied]);
    await viewOf('agency', 'or', [copied]);
    expect(told).toMatchObject([{ entityId: ids.agency, code: 'mark_subject_mismatch', quarantined: undefined }]);
    expect(told[0]?.mark).toMatch(/^[\w-]{43}$/);
  });
});

describe('an attestor that speaks of another’s agency', () => {
  it('T08: is believed about nobody in that protection for a day, and in the others as before', async () => {
    const own = { type: ABSENCE, token: await mark({ ...absence, issuer: ids.ga, subject: ids.neighbour }, 'ga') };
    expect(await protections(own)).toEqual(['legal-process', 'agreement-287g']);
    await viewOf('agency', 'or', [{ type: WARRANT, token: await byGeorgiaAboutOregons() }]);
    const quarantined = { issuer: ids.ga, protection: 'legal-process' };
    expect(told).toMatchObject([{ entityId: ids.agency, code: 'mark_issuer_without_authority', quarantined }]);
    const view = await viewOf('neighbour', 'ga', [own]);
    expect(view.attestations.map(({ protection }) => protection)).toEqual(['agreement-287g']);
    expect(view.refusedMarks).toMatchObject([{ code: 'attestor_quarantined', entityId: ids.ga }]);
    // Oregon's law of the same protection is Oregon's.
    expect((await viewOf('agency', 'or', [])).attestations).toMatchObject([{ protection: 'legal-process' }]);
    clock.advance(24 * HOUR);
    await directory.refresh();
    expect(await protections()).toEqual(['legal-process']);
  });

  it('T08: has to have signed it: what others put its name to quarantines nobody', async () => {
    const forged = await mark({ issuer: ids.ga, subject: ids.agency, type: WARRANT, binds: [] }, 'or');
    await viewOf('agency', 'or', [{ type: WARRANT, token: forged }]);
    expect(told).toMatchObject([{ code: 'mark_issuer_without_authority', quarantined: undefined }]);
    expect(await protections()).toEqual(['legal-process']);
  });

  it('T08: is not whoever attested an agency that has moved away since', async () => {
    hosts.enrolled.ga.push(ids.agency);
    clock.advance(1_000);
    await directory.refresh();
    const old = await byGeorgiaAboutOregons();
    hosts.enrolled.ga.pop();
    await directory.refresh();
    await viewOf('agency', 'or', [{ type: WARRANT, token: old }]);
    expect(told).toMatchObject([{ code: 'mark_issuer_without_authority', quarantined: undefined }]);
    expect(await protections()).toEqual(['legal-process']);
  });
});
