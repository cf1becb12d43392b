// Long because each door of a federation is one small federation of its own.
import { readFileSync } from 'node:fs';
import type { JsonObject } from '#protocol';
import { describe, expect, it } from 'vitest';
import { changesOf, waysOf } from '../../test/vendor-sources.js';
import type { Party } from '../facts.js';
import { parseFacts } from '../parse-facts.js';
import { parseRule } from '../parse-rule.js';
import { PolicyError } from '../policy-error.js';
import { federationReach } from './federation-reach.js';
import type { ReachTarget } from './organisation-class.js';
import { parseFederation } from './parse-federation.js';
import { findSideDoors, type SideDoors } from './side-doors.js';

const NOW = Date.parse('2026-11-22T08:00:00-08:00');
const OREGON = 'https://authority.example/jurisdictions/or';
const WASHINGTON = 'https://authority.example/jurisdictions/wa';
const juniperBend = JSON.parse(
  readFileSync(new URL('../../rules/juniper-bend-police.json', import.meta.url), 'utf8'),
) as { release: { plate_history: JsonObject } } & JsonObject;

interface ShortParty {
  readonly name: string;
  readonly class?: string;
  readonly jurisdictions?: readonly string[];
  /** Own marks by another: protection to level. */
  readonly attested?: Readonly<Record<string, string>>;
  readonly issuer?: string;
  /** Lists of its superior that name somebody, or are not stated (`null`). */
  readonly access?: Readonly<Record<string, readonly string[] | null>>;
}

const LISTS = ['controlling_bodies', 'task_forces', 'shared_centres', 'shared_sign_ins'];

function partyDocument({
  name,
  class: agencyClass = 'municipal-police',
  jurisdictions = [WASHINGTON],
  attested = {},
  issuer = 'https://authority.example',
  access = {},
}: ShortParty): JsonObject {
  return {
    entity_id: `https://${name}.example`,
    agency_class: agencyClass,
    jurisdictions: [...jurisdictions],
    attestations: Object.entries({ retention: 'days-21', ...attested }).map(([protection, level]) => ({
      protection,
      level,
      basis: 'statute',
      statute: 'stated by the superior',
      // What every rule here asks for is attested by another in every case.
      issuer: protection === 'retention' ? 'https://authority.example' : issuer,
      own: 'independent',
      effective_from: '2026-01-01T00:00:00Z',
      effective_until: null,
      digest: `${name}-${protection}`,
    })),
    access: Object.fromEntries(
      LISTS.filter((list) => access[list] !== null).map((list) => [
        list,
        (access[list] ?? []).map((body) => ({ entity_id: `https://${body}.example` })),
      ]),
    ),
  };
}

const party = (short: ShortParty): Party => parseFacts({ requester: partyDocument(short), request: {} }).requester;
const OWNER: ShortParty = { name: 'juniper-bend', jurisdictions: [OREGON] };

/** The demonstration's rule with other requirements, recipients and beneficiary. */
function ruleWith(changes: JsonObject): JsonObject {
  return { ...juniperBend, release: { plate_history: { ...juniperBend.release.plate_history, ...changes } } };
}
const LENIENT: JsonObject = {
  require: [{ protection: 'retention', at_least: 'days-30', basis: ['statute'] }],
  recipients: [{ classes: ['municipal-police', 'county-sheriff'] }],
  beneficiary: { allow: 'none' },
};

function doorsTo(target: ReachTarget, parties: readonly ShortParty[], changes: JsonObject = LENIENT): SideDoors {
  const rule = parseRule(ruleWith(changes));
  const graph = federationReach({
    owner: party(OWNER),
    parties: [OWNER, ...parties].map(party),
    rule,
    target,
    now: NOW,
  });
  return findSideDoors(graph, { ways: 100, tried: 10_000 });
}

const SAFE = {
  'agreement-287g': 'none',
  'task-force': 'none',
  'shared-centre': 'none',
  'sign-in': 'personal',
  control: 'public',
};

describe('a way in a federation', () => {
  it('is direct where the rule permits a body of the class', () => {
    const doors = doorsTo('federal', [{ name: 'bureau', class: 'federal-agency', jurisdictions: [] }], {
      ...LENIENT,
      recipients: [{ classes: ['federal-agency'] }],
    });
    expect(waysOf(doors)).toEqual(['direct: https://bureau.example']);
    expect(doors.graph.steps[0]?.openedBy).toContain(
      'permits plate_history to https://bureau.example, of class federal-agency',
    );
    expect(doorsTo('federal', [{ name: 'bureau', class: 'federal-agency', jurisdictions: [] }]).reached).toEqual([]);
  });

  it('leads through an agency whose freedom from a 287(g) agreement nobody attests: missing is not met', () => {
    const { 'agreement-287g': _, ...others } = SAFE;
    const doors = doorsTo('immigration', [{ name: 'harbor', attested: others }]);
    expect(waysOf(doors)).toEqual(['direct: https://harbor.example, agreement-287g: federal immigration authority']);
    expect(doors.listed[0]?.certainty).toBe('not_excluded');
    expect(doors.graph.steps.at(-1)?.openedBy).toBe('nobody attests `agreement-287g` of https://harbor.example');
    expect(doorsTo('immigration', [{ name: 'harbor', attested: SAFE }]).reached).toEqual([]);
  });

  it('leads from a party to the body that its superior states to have access, and so on, and a stated list closes nothing', () => {
    const parties: ShortParty[] = [
      { name: 'harbor', attested: SAFE, access: { task_forces: ['middle'] } },
      { name: 'middle', attested: SAFE, access: { shared_sign_ins: ['bureau', 'juniper-bend'] } },
      { name: 'bureau', class: 'federal-agency', jurisdictions: [], attested: SAFE },
    ];
    const given = { ...LENIENT, recipients: [{ classes: ['municipal-police', 'federal-agency'] }] };
    const doors = doorsTo('federal', parties, given);
    expect(waysOf(doors)).toEqual(
      expect.arrayContaining([
        'direct: https://bureau.example',
        'direct: https://middle.example, shared-sign-in: https://bureau.example',
        'direct: https://harbor.example, task-force: https://middle.example, shared-sign-in: https://bureau.example',
      ]),
    );
    expect(doors.listed.every(({ certainty }) => certainty === 'stated')).toBe(true);
    expect(changesOf(doors)).toHaveLength(1);
  });

  it('begins at nobody whose log-ins a body uses that the rule would not give to, or of whom a list is not stated', () => {
    const bureau: ShortParty = { name: 'bureau', class: 'federal-agency', jurisdictions: [], attested: SAFE };
    const harbor: ShortParty = { name: 'harbor', attested: SAFE, access: { shared_sign_ins: ['bureau'] } };
    expect(doorsTo('federal', [harbor, bureau]).reached).toEqual([]);
    const { 'task-force': _, ...others } = SAFE;
    const open: ShortParty = { name: 'harbor', attested: others };
    expect(doorsTo('immigration', [open]).reached).not.toEqual([]);
    expect(doorsTo('immigration', [{ ...open, access: { shared_centres: null } }]).reached).toEqual([]);
  });

  it('is stated where an agreement is attested, and an agency’s own word closes nothing', () => {
    const signed = doorsTo('immigration', [{ name: 'a', attested: { ...SAFE, 'agreement-287g': 'task-force-model' } }]);
    expect(signed.listed.map(({ certainty }) => certainty)).toEqual(['stated']);
    expect(signed.graph.steps.at(-1)?.openedBy).toContain('is attested at `task-force-model`');
    const word = doorsTo('immigration', [{ name: 'a', attested: SAFE, issuer: 'https://a.example' }]);
    expect(word.counts.byKinds.map(({ kinds }) => `${kinds.at(-1)}`).toSorted()).toEqual([
      'agreement-287g',
      'shared-centre',
      'shared-sign-in',
      'task-force',
    ]);
  });

  it.each([
    ['immigration', 'task-force', 'federal-members', 'task-force: members of a task force'],
    ['federal', 'shared-centre', 'federal-members', 'shared-centre: users of a shared centre'],
    ['immigration', 'sign-in', 'shared', 'shared-sign-in: whoever else signs in'],
    ['private', 'control', 'public-with-private-users', 'private-control: private persons or owners'],
    ['out-of-state', 'shared-centre', 'local-only', 'shared-centre: users of a shared centre'],
  ] as const)('to %s leads through `%s` at `%s`', (target, protection, level, last) => {
    const here = { name: 'a', jurisdictions: [OREGON] };
    const doors = doorsTo(target, [{ ...here, attested: { ...SAFE, [protection]: level } }]);
    expect(waysOf(doors)).toEqual([`direct: https://a.example, ${last}`]);
    expect(doorsTo(target, [{ ...here, attested: SAFE }]).reached).toEqual([]);
  });

  it('leads to a body on whose behalf the rule lets others ask', () => {
    const parties: ShortParty[] = [
      { name: 'a', attested: SAFE },
      { name: 'border', class: 'immigration-agency', jurisdictions: [], attested: SAFE },
    ];
    // Named for the beneficiary alone: a way to ask is open to the one, a way to be asked for to the other.
    const recipients = [
      { classes: ['municipal-police'] },
      { classes: ['immigration-agency'], agencies: ['https://border.example'] },
    ];
    const both = doorsTo('immigration', parties, { ...LENIENT, recipients, beneficiary: { allow: 'meets-same' } });
    expect(waysOf(both)).toEqual(['direct: https://border.example']);
    expect(doorsTo('immigration', parties, { ...LENIENT, beneficiary: { allow: 'meets-same' } }).reached).toEqual([]);
  });

  it('leads to no further hand: whoever gets data from another asks the owner anew', () => {
    const doors = doorsTo('immigration', [
      { name: 'a', attested: SAFE },
      { name: 'b', class: 'state-police' },
    ]);
    expect(doors.reached).toEqual([]);
  });

  it('to another state goes by jurisdiction, and a body without one is of no state', () => {
    const doors = doorsTo('out-of-state', [
      { name: 'here', jurisdictions: [OREGON], attested: SAFE },
      { name: 'both', jurisdictions: [OREGON, WASHINGTON], attested: SAFE },
      { name: 'there', attested: SAFE },
      { name: 'nowhere', jurisdictions: [], attested: SAFE },
    ]);
    expect(waysOf(doors)).toEqual(['direct: https://there.example', 'direct: https://nowhere.example']);
    expect(changesOf(doors)).toHaveLength(1);
  });

  it('is open to nobody where the owner has no rule, or one not in effect', () => {
    const parties = [OWNER, { name: 'a' }].map(party);
    const reach = { owner: party(OWNER), parties, target: 'immigration', now: NOW } as const;
    expect(federationReach({ ...reach, rule: undefined }).steps).toEqual([]);
    const later = parseRule({ ...ruleWith(LENIENT), effective_from: '2027-01-01T00:00:00Z' });
    expect(federationReach({ ...reach, rule: later }).steps).toEqual([]);
    expect(federationReach({ ...reach, rule: parseRule(ruleWith(LENIENT)) }).steps.length).toBeGreaterThan(0);
  });
});

describe('the smallest set of changes in a federation', () => {
  const { 'agreement-287g': _, ...unattested } = SAFE;
  const many = ['a', 'b', 'c', 'd'].map((name, index): ShortParty => ({
    name,
    attested: unattested,
    class: index < 2 ? 'municipal-police' : 'county-sheriff',
  }));

  it('is one requirement of the rule that closes what four agencies leave open', () => {
    const doors = doorsTo('immigration', many);
    expect(doors.counts.ways).toBe(4);
    expect(changesOf(doors)).toEqual(['require `agreement-287g` at `none` or stricter of every recipient']);
    expect(doors.closing.byAnybody).toMatchObject({ isSmallest: true, method: 'search' });
    expect(changesOf(doors, 'byOwner')).toEqual(changesOf(doors));
  });

  it('does close it: the rule so changed leaves no way', () => {
    const [retention] = LENIENT['require'] as JsonObject[];
    const require = [
      ...(retention ? [retention] : []),
      { protection: 'agreement-287g', at_least: 'none', basis: ['statute', 'policy', 'declaration'] },
    ];
    expect(doorsTo('immigration', many, { ...LENIENT, require }).reached).toEqual([]);
  });
});

describe('a federation as a file', () => {
  it('is read with its parties and rules', () => {
    const file = parseFederation({
      schema: 'comity-federation/v1',
      parties: [partyDocument(OWNER)],
      rules: [juniperBend],
    });
    expect(file.parties.map(({ entityId }) => entityId)).toEqual(['https://juniper-bend.example']);
    expect(file.rules.get('https://juniper-bend.example')?.version).toBe(1);
  });

  it.each([
    ['a list', [], 'federation: one object is expected'],
    ['nobody', { schema: 'comity-federation/v1', parties: [], rules: [] }, 'parties: fewer than 1 entries'],
    [
      'a party without an id',
      { schema: 'comity-federation/v1', parties: [{}], rules: [] },
      'parties[0].requester.entity_id: is missing',
    ],
    [
      'a party that stands twice',
      { schema: 'comity-federation/v1', parties: [partyDocument(OWNER), partyDocument(OWNER)], rules: [] },
      'parties: `https://juniper-bend.example` stands twice',
    ],
    ['another schema', { schema: 'x', parties: [partyDocument(OWNER)], rules: [] }, 'schema: unknown value `x`'],
  ])('and refused with what is wrong: %s', (_what, document, problem) => {
    const problems = ((): string[] => {
      try {
        parseFederation(document);
      } catch (error) {
        if (error instanceof PolicyError)
          return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
      }
      return [];
    })();
    expect(problems).toEqual(expect.arrayContaining(['reach_malformed', problem]));
  });
});
