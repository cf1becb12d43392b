import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partyOf } from '#exchange';
import type { JsonObject } from '#protocol';
import { systemClock } from '#protocol/io';
import { refusedMarksIn } from '#trust/io';
import { runCli } from '../../apps/cli/src/run-cli.js';
import { plainText } from '../../apps/cli/src/terminal.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { layOutCourt, type TestCourt } from './test-court.js';

const AGENCY = 'salish-point';
/** Its superior states an agreement, and has attested that it has none. */
const CONTRADICTED = 'mesa-clara';
let federation: TestFederation;
let court: TestCourt;
let home: string;

beforeAll(async () => {
  federation = await startFederation({
    start: [AGENCY, CONTRADICTED],
    prepare: async (laidOut) => {
      court = await layOutCourt(laidOut, 'wa');
    },
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === CONTRADICTED
          ? { ...agency, access: { ...agency.access, agreement_287g: 'task-force-model' } }
          : agency,
      ),
    }),
  });
  home = await mkdtemp(join(tmpdir(), 'comity-trust-e2e-'));
});
afterAll(async () => {
  await federation.close();
  await court.close();
  await rm(home, { recursive: true, force: true });
});

async function comity(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await runCli(argv, {
    terminal: {
      out: (line) => void out.push(plainText(line)),
      err: (line) => void err.push(plainText(line)),
      progress: () => undefined,
    },
    network: federation.network,
    clock: systemClock,
    browser: { open: () => Promise.resolve(false) },
    environment: { COMITY_HOME: home, COMITY_ANCHORS: federation.laidOut.anchorsFile },
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

describe('comity trust resolve', () => {
  test('prints the chain as a tree from the anchor, with every check of every statement', async () => {
    const { exit, out } = await comity('trust', 'resolve', federation.entityId(AGENCY));
    expect(exit).toBe(0);
    const { anchor } = federation.laidOut;
    expect(out.split('\n')[0]).toBe(`${anchor}  trust anchor, pinned by you`);
    expect(out).toContain(`└─ ${anchor}/jurisdictions/wa  comity_jurisdiction`);
    expect(out).toContain(`└─ ${federation.entityId(AGENCY)}  comity_agency`);
    expect(out.match(/✓ valid by its issuer’s list, \d+ s old/g)).toHaveLength(2);
    expect(out.match(/✓ signed by a key that the statement above it states/g)).toHaveLength(3);
    expect(out).not.toMatch(/[✗?] /);
  });

  test('T15: shows a suspension at its link, now and not at an instant before it', async () => {
    const before = new Date().toISOString();
    // Events are dated in whole seconds.
    await systemClock.sleep(1_100);
    await federation.authority.suspend(federation.entityId(AGENCY));
    const now = await comity('trust', 'resolve', federation.entityId(AGENCY));
    expect(now.exit).toBe(6);
    expect(now.out).toMatch(/✗ suspended by its issuer’s list/);
    const then = await comity('trust', 'resolve', federation.entityId(AGENCY), '--at', before);
    expect(then).toMatchObject({ exit: 0, err: '' });
    expect(then.out).toMatch(/✓ `enrolled` on .* event \d+ of its issuer/);
    await systemClock.sleep(1_100);
    const later = await comity('trust', 'resolve', federation.entityId(AGENCY), '--at', new Date().toISOString());
    expect(later.exit).toBe(6);
    expect(later.out).toMatch(/✗ `suspended` on .* \(a test\), event \d+ of its issuer/);
    await federation.authority.reinstate(federation.entityId(AGENCY));
    const json = await comity('trust', 'resolve', federation.entityId(AGENCY), '--json');
    expect(json.exit).toBe(0);
    const { links } = JSON.parse(json.out) as { links: JsonObject[] };
    expect(links).toHaveLength(4);
  });

  test('says which link is refused, and that somebody does not answer', async () => {
    const unlisted = await comity('trust', 'resolve', 'http://127.0.0.1:9');
    expect(unlisted).toMatchObject({ exit: 7, out: '' });
    expect(unlisted.err).toContain('unreachable');
    const future = await comity('trust', 'resolve', federation.entityId(AGENCY), '--at', '2999-01-01T00:00:00Z');
    expect(future.exit).toBe(2);
  });
});

describe('comity trust explain', () => {
  test('says what the superior states against a mark, and a decision holds the worse against the agency', async () => {
    const id = federation.entityId(CONTRADICTED);
    const { exit, out } = await comity('trust', 'explain', id);
    expect(exit).toBe(0);
    expect(out).toMatch(/✗ agreement-287g none, attested by .*: task-force-model is said by .*, and the worse counts/);
    expect(out).not.toContain('agreement-287g none: none');
    const { directory } = federation.broker.node;
    const party = partyOf(await directory.agencyView(directory.statementsFor(id)));
    const superior = `${federation.laidOut.anchor}/jurisdictions/nm`;
    expect(party.attestations.filter(({ protection }) => protection === 'agreement-287g')).toMatchObject([
      {
        level: 'task-force-model',
        statute: `stated against the mark at none of ${superior}, which does not count`,
        reach: { kind: 'own', selfIssued: false },
      },
    ]);
  });

  test('says of a jurisdiction which law it attests, of anchor, broker and court what they are there for', async () => {
    const { anchor, broker } = federation.laidOut;
    const law = await comity('trust', 'explain', `${anchor}/jurisdictions/wa`);
    expect(law).toMatchObject({ exit: 0, err: '' });
    expect(law.out).toMatch(/The law that it attests:\n {2}✓ /);
    expect(law.out).toMatch(/Enrolled by it, and in force now:\n {2}agency +Salish Point Police/);
    expect((await comity('trust', 'explain', broker)).out).toContain('it holds no key that opens either');
    const judge = await comity('trust', 'explain', court.entityId);
    expect(judge.out).toContain(`signs court-order, warrant for agencies of ${anchor}/jurisdictions/wa`);
    const above = await comity('trust', 'explain', anchor, '--json');
    const { enrolled } = JSON.parse(above.out) as { enrolled: { entity_type: string }[] };
    expect(new Set(enrolled.map(({ entity_type: type }) => type))).toEqual(
      new Set(['comity_jurisdiction', 'comity_agency', 'comity_broker', 'federation_entity']),
    );
  });

  test('says that an anchor, or an entity that is enrolled, does not answer', async () => {
    const anchors = join(home, 'dead.json');
    const jwks = { keys: [federation.authority.node.anchor.key.publicJwk] };
    await writeFile(anchors, JSON.stringify([{ entity_id: 'http://127.0.0.1:9', jwks }]));
    const dead = await comity('trust', 'explain', federation.entityId(AGENCY), '--anchors', anchors);
    expect(dead).toMatchObject({ exit: 7, out: '' });
    expect(dead.err).toContain('the trust anchor cannot be reached');
    const stopped = federation.laidOut.agencies.find(({ plan: { id } }) => id === 'juniper-bend')?.entityId ?? '';
    const away = await comity('trust', 'explain', stopped);
    expect(away).toMatchObject({ exit: 7, out: '' });
    const unknown = await comity('trust', 'explain', 'http://127.0.0.1:9');
    expect(unknown).toMatchObject({ exit: 6, out: '' });
  });

  test('says in words what binds an agency, by which law, and what nobody attests for it', async () => {
    const { exit, out } = await comity('trust', 'explain', federation.entityId(AGENCY));
    expect(exit).toBe(0);
    expect(out).toMatch(/It is bound by:\n {2}✓ /);
    expect(out).toMatch(/✓ retention /);
    expect(out).toContain('about the agency itself');
    expect(out).toMatch(/Nobody attests for it:\n {2}✗ /);
    const json = await comity('trust', 'explain', federation.entityId(AGENCY), '--json');
    const document = JSON.parse(json.out) as { missing: string[]; bound_by: JsonObject[] };
    expect(document.bound_by.length).toBeGreaterThan(0);
    expect(document.missing).not.toContain(document.bound_by[0]?.['protection']);
  });

  test('T15: explains nothing of an agency that is suspended, and says so', async () => {
    await federation.authority.suspend(federation.entityId(AGENCY));
    const { exit, err } = await comity('trust', 'explain', federation.entityId(AGENCY));
    expect(exit).toBe(6);
    expect(err).toContain('status_suspended');
    await federation.authority.reinstate(federation.entityId(AGENCY));
  });
});

describe('comity trust refused', () => {
  test('T08: shows whom a node does not believe and why; two persons end it, and one alone does not', async () => {
    const id = federation.entityId(AGENCY);
    expect((await comity('trust', 'refused', id)).out).toBe(`${id} was shown no mark that it does not believe`);
    const issuer = `${federation.laidOut.anchor}/jurisdictions/ga`;
    const over = { issuer, protection: 'retention', until: Date.now() + 3_600_000, token: 'a.b.c' };
    const open = { endProposedBy: undefined, endReason: undefined, endedBy: undefined, endedAt: undefined };
    await refusedMarksIn(federation.agency(AGENCY).node.dataSource).put({
      entityId: id,
      code: 'mark_issuer_without_authority',
      mark: 'M'.repeat(43),
      toldAt: Date.now(),
      quarantine: { ...over, ...open },
    });
    const shown = await comity('trust', 'refused', id);
    expect(shown.out).toMatch(/mark_issuer_without_authority {2}shown by /);
    expect(shown.out).toContain(`quarantine  ${issuer} attests nothing of retention here until `);
    const people = federation.people(AGENCY);
    const wish = { issuer, protection: 'retention', reason: 'a slip, withdrawn' };
    const end = (person: 'officer' | 'rules-one' | 'rules-two') =>
      people.call(person, 'POST', '/register/quarantine-ends', wish);
    await expect(end('officer')).rejects.toMatchObject({ status: 403 });
    expect(await end('rules-one')).toMatchObject({ state: 'proposed' });
    await expect(end('rules-one')).rejects.toMatchObject({ status: 403, code: 'same_person' });
    expect((await comity('trust', 'refused', id)).out).toContain('one person wants to end it: a slip, withdrawn');
    expect(await end('rules-two')).toMatchObject({ state: 'ended' });
    await expect(end('rules-one')).rejects.toMatchObject({ status: 404, code: 'quarantine_unknown' });
    expect((await comity('trust', 'refused', id)).out).toMatch(/ended by two persons on .*: a slip, withdrawn/);
    expect((await comity('trust', 'refused', federation.laidOut.broker)).exit).toBe(0);
  });
});

describe('comity trust resolve, of who is withdrawn', () => {
  test('says which statement is not to be had', async () => {
    await federation.authority.withdraw(federation.entityId(CONTRADICTED));
    const withdrawn = await comity('trust', 'resolve', federation.entityId(CONTRADICTED));
    expect(withdrawn.exit).toBe(6);
    expect(withdrawn.err).toContain('not_enrolled');
  });
});
