// Long because the same federation is followed through every change of its entities.
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProtocolError } from '#protocol';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import {
  ABSENCE,
  exampleFederation,
  HOUR,
  ids,
  NOW,
  WARRANT,
  type ExampleFederation,
  statusIndexOf,
} from '../test/example-federation.js';
import { FederationHosts, statementAnswer } from '../test/federation-hosts.js';
import { signEntityConfiguration, signSubordinateStatement } from '../src/index.js';
import { ARCHIVE_NOTHING, FOLLOWED_NOTHING, REFUSED_NOTHING, SEEN_NOTHING, TrustDirectory } from './index.js';

let federation: ExampleFederation;
let clock: FakeClock;
let hosts: FederationHosts;
let directory: TrustDirectory;

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(() => {
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
  directory = new TrustDirectory({
    anchors: federation.anchors,
    network: hosts,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
  });
});

/** The chain as an agency sends it with a request, through GA or OR. */
async function chainOf(agency: 'agency' | 'neighbour', superior: 'or' | 'ga'): Promise<string[]> {
  return [
    await configurationWithMarks(agency),
    await hosts.statement(superior, agency),
    await hosts.statement('anchor', superior),
    await hosts.configuration('anchor'),
  ];
}

async function configurationWithMarks(
  agency: 'agency' | 'neighbour',
  marks: { type: string; token: string }[] = [],
): Promise<string> {
  const enrolledBy = (['or', 'ga'] as const).filter((superior) => hosts.enrolled[superior].includes(ids[agency]));
  return signEntityConfiguration({
    entityId: ids[agency],
    key: federation.keys[agency],
    metadata: { comity_agency: { jwks: federation.protocolJwks[agency] } },
    authorityHints: enrolledBy.map((superior) => ids[superior]),
    trustMarks: marks,
    issuedAt: clock.now(),
    lifetimeSeconds: 3_600,
  });
}

function codes(report: { failures: readonly { code: string; entityId: string | undefined }[] }): string[] {
  return report.failures.map(({ code, entityId }) => `${code} ${entityId}`).toSorted();
}

describe('a trust directory', () => {
  it('collects anchors, jurisdictions with their marks, brokers and agencies', async () => {
    const report = await directory.refresh();
    expect(report).toEqual({ collected: 6, postponed: 0, failures: [] });
    expect(directory.anchor(ids.anchor).trustMarkIssuers.get(WARRANT)).toEqual([ids.or, ids.ga]);
    expect(directory.jurisdiction(ids.or).marks).toMatchObject([{ protection: 'legal-process', level: 'warrant' }]);
    expect(directory.brokers().map(({ entityId }) => entityId)).toEqual([ids.broker]);
    expect(directory.agencies().map(({ entityId }) => entityId)).toEqual([ids.agency, ids.neighbour]);
    expect(directory.chainFor(ids.neighbour)).toMatchObject({
      jurisdictions: [ids.ga],
      agencyClass: 'municipal_police',
    });
    expect(directory.statementsFor(ids.agency)).toHaveLength(4);
    expect(directory.ledgers()).toContainEqual({
      entityId: ids.broker,
      origin: 'broker.example/log',
      vkey: 'broker+key',
    });
  });

  it('knows nothing before its first round', async () => {
    expect(() => directory.anchor(ids.anchor)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    await expect(directory.agencyView(await chainOf('agency', 'or'))).rejects.toMatchObject({ code: 'entity_unknown' });
    expect(directory.lists('https://unlisted.example')).toBe(true);
    await directory.refresh();
    expect(directory.lists('https://unlisted.example')).toBe(false);
  });

  it('tells an agency whose list it could not collect yet from one that is not on it', async () => {
    hosts.override = (url) => {
      if (url.startsWith(`${ids.or}/list`)) throw new ProtocolError('network_failed', 'not up yet');
      return undefined;
    };
    await directory.refresh();
    const chain = await chainOf('agency', 'or');
    await expect(directory.agencyView(chain)).rejects.toMatchObject({ code: 'entity_unknown' });
    hosts.override = () => undefined;
    hosts.enrolled.or = [];
    await directory.refresh();
    await expect(directory.agencyView(chain)).rejects.toMatchObject({ code: 'not_enrolled' });
  });

  it('lists what an authority lists, also where the entity itself does not answer', async () => {
    hosts.override = (url) => {
      if (url.startsWith(`${ids.agency}/.well-known`)) throw new ProtocolError('network_failed', 'down');
      return undefined;
    };
    await directory.refresh();
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    expect(directory.lists(ids.agency)).toBe(true);
  });

  it('publishes the witnesses that authorities name', async () => {
    hosts.federationEntity.set(ids.anchor, { witness_vkeys: ['witness.example+00000000+AAAA'] });
    hosts.federationEntity.set(ids.broker, { witness_vkeys: ['broker-names-itself+00000000+AAAA'] });
    await directory.refresh();
    expect(directory.witnessKeys()).toEqual(['witness.example+00000000+AAAA']);
  });

  it('fetches from hosts that an authority lists, and never because a request says so', async () => {
    await directory.refresh();
    const before = hosts.asked.length;
    await directory.agencyView(await chainOf('agency', 'or'));
    expect(() => directory.chainFor('https://unlisted.example')).toThrow();
    expect(hosts.asked).toHaveLength(before);
    expect(new Set(hosts.asked.map((url) => new URL(url).origin))).toEqual(new Set(Object.values(ids)));
  });

  it('refuses an endpoint on another host than the authority’s own', async () => {
    hosts.federationEntity.set(ids.or, { federation_list_endpoint: 'http://169.254.169.254/latest' });
    hosts.federationEntity.set(ids.ga, { federation_fetch_endpoint: `${ids.ga}@internal.example/fetch` });
    const report = await directory.refresh();
    expect(codes(report)).toEqual([`answer_refused ${ids.ga}`, `answer_refused ${ids.or}`]);
    expect(hosts.asked.some((url) => url.includes('169.254') || url.includes('internal'))).toBe(false);
    hosts.federationEntity.set(ids.ga, { federation_fetch_endpoint: ids.ga.replace('//', '//user@') });
    expect(codes(await directory.refresh())).toContain(`answer_refused ${ids.ga}`);
  });

  it('leaves out listed names that are no entity ids, and loopback below an anchor that is not', async () => {
    hosts.enrolled.or.push('http://169.254.169.254', 'https://or.example/../x', 'http://127.0.0.1:4000');
    expect(codes(await directory.refresh())).toEqual(['entity_id_invalid http://127.0.0.1:4000']);
    expect(hosts.asked.some((url) => url.includes('169.254') || url.includes('127.0.0.1'))).toBe(false);
    expect(directory.agencies()).toHaveLength(2);
  });
});

describe('an outage', () => {
  it('costs nothing while what is held is in force, and everything after', async () => {
    await directory.refresh();
    hosts.override = () => {
      throw new ProtocolError('network_failed', 'down');
    };
    clock.advance(HOUR - 1_000);
    expect(codes(await directory.refresh())).toContain(`unreachable ${ids.anchor}`);
    expect(directory.chainFor(ids.agency).entityId).toBe(ids.agency);
    clock.advance(1_000);
    await directory.refresh();
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    expect(() => directory.anchor(ids.anchor)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
  });

  it('of one agency does not hide the others', async () => {
    hosts.override = (url) => {
      if (url.startsWith(ids.agency)) throw new ProtocolError('network_failed', 'down');
      return undefined;
    };
    expect(codes(await directory.refresh())).toEqual([`unreachable ${ids.agency}`]);
    expect(directory.agencies().map(({ entityId }) => entityId)).toEqual([ids.neighbour]);
  });

  it.each([
    ['another media type', { status: 200, type: 'text/html', body: '<p>' }],
    ['an error', { status: 500, type: 'application/json', body: '{}' }],
    ['a redirect', { status: 302, type: 'application/entity-statement+jwt', body: '' }],
  ])('%s in place of a configuration is refused', async (_, answer) => {
    hosts.override = (url) => (url.startsWith(ids.agency) ? answer : undefined);
    expect(codes(await directory.refresh())).toEqual([`answer_refused ${ids.agency}`]);
  });

  it('T02: a list longer than the country has agencies is refused', async () => {
    const list = Array.from({ length: 20_001 }, (_, index) => String(index));
    hosts.override = (url) =>
      url === `${ids.or}/list` ? { status: 200, type: 'application/json', body: JSON.stringify(list) } : undefined;
    expect(codes(await directory.refresh())).toEqual([`too_many ${ids.or}`]);
    hosts.override = (url) =>
      url === `${ids.or}/list` ? { status: 200, type: 'application/json', body: '{"a":1}' } : undefined;
    expect(codes(await directory.refresh())).toEqual([`answer_refused ${ids.or}`]);
  });

  it('T02: a round asks with limits, several at a time, and stops starting work after its time', async () => {
    hosts.enrolled.or = Array.from({ length: 100 }, (_, index) => `https://a${index}.x.example`);
    hosts.override = async (url, request) => {
      expect(request.timeoutMs).toBe(2_000);
      if (!url.includes('.x.example')) return undefined;
      expect(request.maxBytes).toBe(65_536);
      clock.advance(1_000);
      throw new ProtocolError('network_failed', 'slow');
    };
    const report = await directory.refresh();
    expect(report.postponed).toBeGreaterThan(50);
    expect(report.failures.length).toBeLessThan(50);
  });
});

describe('what is withdrawn', () => {
  it('an agency that its superior no longer lists is gone at the next round, with a chain still in force', async () => {
    await directory.refresh();
    const chain = await chainOf('agency', 'or');
    await expect(directory.agencyView(chain)).resolves.toBeDefined();
    hosts.enrolled.or = [];
    await directory.refresh();
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    await expect(directory.agencyView(chain)).rejects.toMatchObject({ code: 'not_enrolled', entityId: ids.agency });
  });

  it('a superior that answers "not found" ends an enrolment, also while its list still names the entity', async () => {
    await directory.refresh();
    hosts.override = (url) =>
      url.startsWith(`${ids.or}/fetch`) ? { status: 404, type: 'application/json', body: '{}' } : undefined;
    await directory.refresh();
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
  });

  it('with a jurisdiction go its agencies', async () => {
    await directory.refresh();
    hosts.enrolled.anchor = [ids.ga, ids.broker];
    await directory.refresh();
    expect(directory.agencies().map(({ entityId }) => entityId)).toEqual([ids.neighbour]);
    await expect(directory.agencyView(await chainOf('agency', 'or'))).rejects.toMatchObject({ code: 'not_enrolled' });
  });

  it('T13: an older anchor configuration than one seen before is not taken', async () => {
    const older = await hosts.configuration('anchor', NOW - 10_000);
    await directory.refresh();
    hosts.override = (url) => (url.startsWith(`${ids.anchor}/.well-known`) ? statementAnswer(older) : undefined);
    expect(codes(await directory.refresh())).toEqual([`older_than_seen ${ids.anchor}`]);
    expect(directory.anchor(ids.anchor).issuedAt).toBe(NOW);
  });

  it('T10: an older configuration of a jurisdiction, with kinder marks, is not taken', async () => {
    const kinder = await hosts.configuration('or', NOW - 10_000);
    hosts.marks.set(ids.or, []);
    await directory.refresh();
    hosts.override = (url) => (url.startsWith(`${ids.or}/.well-known`) ? statementAnswer(kinder) : undefined);
    expect(codes(await directory.refresh())).toEqual([`older_than_seen ${ids.or}`]);
    expect(directory.jurisdiction(ids.or).marks).toEqual([]);
  });

  it('T10: an older configuration that an agency shows does not win over the newer one that is collected', async () => {
    const kinder = { issuer: ids.or, subject: ids.agency, type: ABSENCE, basis: 'declaration', binds: [] } as const;
    const [, ...above] = await chainOf('agency', 'or');
    const older = await configurationWithMarks('agency', [{ type: ABSENCE, token: await federation.mark(kinder) }]);
    clock.advance(1_000);
    await directory.refresh();
    const view = await directory.agencyView([older, ...above]);
    expect(view.chain.links[0]?.issuedAt).toBe(NOW + 1_000);
    expect(view.attestations.map(({ protection }) => protection)).toEqual(['legal-process']);
  });

  it('T12: an agency’s old key is of no use once its new configuration is collected, and an unknown one fetches nothing', async () => {
    const shown = await chainOf('agency', 'or');
    const [retired = ''] = [
      ...(await directory.refresh(), (await directory.agencyView(shown)).chain.protocolKeys.signing.keys()),
    ];
    clock.advance(1_000);
    const turned = await signEntityConfiguration({
      entityId: ids.agency,
      key: federation.keys.agency,
      metadata: { comity_agency: { jwks: federation.protocolJwks.broker } },
      authorityHints: [ids.or],
      trustMarks: [],
      issuedAt: clock.now(),
      lifetimeSeconds: 3_600,
    });
    hosts.override = (url) => (url.startsWith(`${ids.agency}/.well-known`) ? statementAnswer(turned) : undefined);
    await directory.refresh();
    const asked = hosts.asked.length;
    for (let request = 0; request < 50; request += 1) {
      expect((await directory.agencyView(shown)).chain.protocolKeys.signing.has(retired)).toBe(false);
    }
    expect(hosts.asked).toHaveLength(asked);
  });

  it('a mark that is not believed is reported and as if it were not there', async () => {
    hosts.issuers = { [WARRANT]: [ids.ga] };
    await directory.refresh();
    const jurisdiction = directory.jurisdiction(ids.or);
    expect(jurisdiction.marks).toEqual([]);
    expect(jurisdiction.refusedMarks).toMatchObject([{ code: 'mark_issuer_not_listed', entityId: ids.or }]);
  });
});

describe('an agency view', () => {
  it('joins the chain of a message with the law of its jurisdiction as this node collected it', async () => {
    await directory.refresh();
    const view = await directory.agencyView(await chainOf('agency', 'or'));
    expect(view.jurisdictions).toEqual([ids.or]);
    expect(view.attestations).toMatchObject([{ protection: 'legal-process', level: 'warrant', jurisdiction: ids.or }]);
    expect(view.refusedMarks).toEqual([]);
    const neighbour = await directory.agencyView(await chainOf('neighbour', 'ga'));
    expect(neighbour).toMatchObject({ jurisdictions: [ids.ga], attestations: [] });
  });

  it('reads the absence of a 287(g) agreement from the agency’s own configuration', async () => {
    await directory.refresh();
    const content = { issuer: ids.or, subject: ids.agency, type: ABSENCE, basis: 'declaration', binds: [] } as const;
    const [, ...above] = await chainOf('agency', 'or');
    const leaf = await configurationWithMarks('agency', [{ type: ABSENCE, token: await federation.mark(content) }]);
    const view = await directory.agencyView([leaf, ...above]);
    expect(view.attestations).toContainEqual(
      expect.objectContaining({ protection: 'agreement-287g', level: 'none', subject: ids.agency, issuer: ids.or }),
    );
  });

  it('T06: reports a mark copied from a neighbour, and does not count it', async () => {
    await directory.refresh();
    const copied = await federation.mark({ issuer: ids.ga, subject: ids.neighbour, type: ABSENCE, binds: [] }, 'ga');
    const [, ...above] = await chainOf('agency', 'or');
    const view = await directory.agencyView([
      await configurationWithMarks('agency', [{ type: ABSENCE, token: copied }]),
      ...above,
    ]);
    expect(view.refusedMarks).toMatchObject([{ code: 'mark_subject_mismatch', entityId: ids.agency }]);
    expect(view.attestations.map(({ protection }) => protection)).toEqual(['legal-process']);
  });

  it('names every jurisdiction that lists the agency, not only the one whose chain it chose to show', async () => {
    hosts.enrolled.ga.push(ids.agency);
    await directory.refresh();
    const view = await directory.agencyView(await chainOf('agency', 'or'));
    expect(view.jurisdictions).toEqual([ids.or, ids.ga]);
  });

  it('names a listing jurisdiction of which nothing is held any more: its law is missing, not met', async () => {
    hosts.enrolled.ga.push(ids.agency);
    await directory.refresh();
    hosts.override = (url) => {
      if (new URL(url).origin === ids.ga) throw new ProtocolError('network_failed', 'down');
      return undefined;
    };
    clock.advance(HOUR);
    await directory.refresh();
    const view = await directory.agencyView(await chainOf('agency', 'or'));
    expect(view.jurisdictions).toEqual([ids.or, ids.ga]);
    expect(view.attestations.map(({ jurisdiction }) => jurisdiction)).toEqual([ids.or]);
  });

  it('names every jurisdiction above the agency, where one stands below another', async () => {
    hosts.enrolled.anchor = [ids.or, ids.broker];
    hosts.enrolled.or = [ids.ga];
    expect((await directory.refresh()).failures).toEqual([]);
    const view = await directory.agencyView(directory.statementsFor(ids.neighbour));
    expect(view.chain.superiors).toEqual([ids.ga, ids.or, ids.anchor]);
    expect(view.jurisdictions).toEqual([ids.ga, ids.or]);
    expect(view.attestations.map(({ jurisdiction }) => jurisdiction)).toEqual([ids.or]);
    expect(() => directory.jurisdiction(ids.neighbour)).toThrow(
      expect.objectContaining({ code: 'entity_type_unexpected' }) as Error,
    );
  });

  it('refuses the chain of anything but an agency', async () => {
    await directory.refresh();
    await expect(directory.agencyView(directory.statementsFor(ids.broker))).rejects.toMatchObject({
      code: 'entity_type_unexpected',
    });
  });

  it('T14: is made from the pinned anchor, whatever the chain brings along', async () => {
    await directory.refresh();
    const other = await exampleFederation();
    await expect(directory.agencyView(await other.chain())).rejects.toMatchObject({
      code: 'signature_invalid',
      link: 3,
    });
  });

  it('costs no signature check for a chain that was seen before, and still ends with its statements', async () => {
    await directory.refresh();
    const chain = await chainOf('agency', 'or');
    await directory.agencyView(chain);
    const verify = vi.spyOn(globalThis.crypto.subtle, 'verify');
    try {
      await directory.agencyView(chain);
      expect(verify).not.toHaveBeenCalled();
      await directory.agencyView(await chainOf('neighbour', 'ga'));
      expect(verify).toHaveBeenCalled();
    } finally {
      verify.mockRestore();
    }
    clock.advance(HOUR);
    await expect(directory.agencyView(chain)).rejects.toMatchObject({ code: 'expired', link: 0 });
  });
});

describe('in the background', () => {
  it('a round follows every 20 seconds until it is stopped', async () => {
    const reports: number[] = [];
    const running = new TrustDirectory({
      anchors: federation.anchors,
      network: hosts,
      clock,
      seen: SEEN_NOTHING,
      feeds: FOLLOWED_NOTHING,
      archive: ARCHIVE_NOTHING,
      refused: REFUSED_NOTHING,
      onRefresh: ({ collected }) => reports.push(collected),
    });
    running.start();
    running.start();
    await vi.waitFor(() => expect(reports).toEqual([6]));
    clock.advance(19_999);
    expect(reports).toEqual([6]);
    clock.advance(1);
    await vi.waitFor(() => expect(reports).toEqual([6, 6]));
    running.stop();
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reports).toEqual([6, 6]);
  });

  it('a round follows after one second while no anchor answers', async () => {
    hosts.override = () => {
      throw new ProtocolError('network_failed', 'not up yet');
    };
    const reports: number[] = [];
    const onRefresh = ({ collected }: { collected: number }) => reports.push(collected);
    const running = new TrustDirectory({
      anchors: federation.anchors,
      network: hosts,
      clock,
      seen: SEEN_NOTHING,
      feeds: FOLLOWED_NOTHING,
      archive: ARCHIVE_NOTHING,
      refused: REFUSED_NOTHING,
      onRefresh,
    });
    running.start();
    await vi.waitFor(() => expect(reports).toEqual([0]));
    hosts.override = () => undefined;
    clock.advance(1_000);
    await vi.waitFor(() => expect(reports).toEqual([0, 6]));
    running.stop();
  });

  it('callers at the same time share one round', async () => {
    await Promise.all([directory.refresh(), directory.refresh(), directory.refresh()]);
    expect(hosts.asked.filter((url) => url.startsWith(`${ids.anchor}/.well-known`))).toHaveLength(1);
  });
});

it('T08: a jurisdiction that enrols another’s agency with keys of its own cannot speak in its name', async () => {
  hosts.enrolled.ga.push(ids.agency);
  const usurped = await signSubordinateStatement({
    issuer: ids.ga,
    subject: ids.agency,
    key: federation.keys.ga,
    jwks: { keys: [federation.keys.neighbour.publicJwk] },
    metadata: { comity_agency: { agency_class: 'municipal_police' } },
    issuedAt: NOW,
    lifetimeSeconds: 3_600,
    statusIndex: statusIndexOf(ids.agency),
  });
  hosts.override = (url) => (url.startsWith(`${ids.ga}/fetch`) ? statementAnswer(usurped) : undefined);
  await directory.refresh();
  const leaf = await signEntityConfiguration({
    entityId: ids.agency,
    key: federation.keys.neighbour,
    metadata: { comity_agency: { jwks: federation.protocolJwks.neighbour } },
    authorityHints: [ids.ga],
    trustMarks: [],
    issuedAt: NOW,
    lifetimeSeconds: 3_600,
  });
  const chain = [leaf, usurped, await hosts.statement('anchor', 'ga'), await hosts.configuration('anchor')];
  await expect(directory.agencyView(chain)).rejects.toMatchObject({ code: 'enrolment_conflict', entityId: ids.agency });
  await expect(directory.agencyView(await chainOf('agency', 'or'))).resolves.toBeDefined();
});

it('a jurisdiction that enrols somebody else’s broker as its own agency gains no broker', async () => {
  hosts.enrolled.ga.push(ids.broker);
  hosts.override = async (url) => {
    if (!url.startsWith(`${ids.ga}/fetch`) || !url.includes('broker')) return undefined;
    return statementAnswer(
      await signSubordinateStatement({
        issuer: ids.ga,
        subject: ids.broker,
        key: federation.keys.ga,
        jwks: { keys: [federation.keys.neighbour.publicJwk] },
        metadata: { comity_broker: {} },
        issuedAt: NOW,
        lifetimeSeconds: 3_600,
        statusIndex: statusIndexOf(ids.broker),
      }),
    );
  };
  expect(codes(await directory.refresh())).toEqual([`signature_invalid ${ids.broker}`]);
  expect(directory.brokers()).toHaveLength(1);
});
