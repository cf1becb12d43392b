import type { JsonObject } from '#protocol';
import { QUERY_KINDS, type QueryKind } from '../src/rule.js';
import { SCOPE_OF_KIND } from '../src/clause-shapes.js';
import { VOCABULARY } from '../src/vocabulary.js';

const SOURCE = 'an invented ordinance';
const LIMITS: JsonObject = {
  max_window_hours: 336,
  max_plates: 5,
  max_fan_out: 50,
  max_data_age_hours: 720,
  max_area_km2: 0.8,
  max_areas: 2,
  min_characters: 4,
  source: SOURCE,
};

const ask = {
  purposes: { allow: ['criminal-investigation'], deny: ['immigration-enforcement'], source: SOURCE },
  offences: { allow: 'all', deny: ['90D'], source: SOURCE },
  approval: { by: 'supervisor', roles: ['sergeant'], source: SOURCE },
  officer: { acr: ['urn:comity:acr:mfa'], roles: ['officer'], source: SOURCE },
  case_number: { patterns: ['##-####'], active: true, source: SOURCE },
  budgets: [{ per: 'officer', counted: 'requests', hours: 24, at_most: 20, source: SOURCE }],
};

const when = {
  data_older_than_hours: 168,
  window_over_hours: 72,
  area_over_km2: 0.5,
  areas_over: 1,
  plates_over: 2,
  fan_out_over: 10,
  purposes: ['missing-person'],
  offences: ['240'],
  camera_owner_classes: ['private'],
};

const declarations = [
  { declaration: 'no-protected-use', wording: 'w'.repeat(43), sworn: true, max_age_hours: 24, source: SOURCE },
];

const recipients = [
  { classes: ['municipal-police'], jurisdictions: ['own', 'https://wa.example'], source: SOURCE },
  {
    classes: ['defence-counsel'],
    agencies: ['https://defence.example'],
    purposes: ['defence-of-accused'],
    legal_process: { at_least: 'court-order' },
    declarations,
  },
];

const require = [
  { protection: 'retention', at_least: 'days-30', basis: ['statute', 'policy'], self_issued: true, source: SOURCE },
  { protection: 'immigration-use', as_strict_as_mine: true, basis: ['statute'] },
];

const askTier = {
  name: 'far',
  when,
  ...Object.fromEntries(Object.entries(ask).filter(([name]) => name !== 'budgets')),
  legal_process: { at_least: 'warrant', signed_by: 'court', outside_warrant: 'narrow' },
  scope: { max_plates: 1 },
  source: SOURCE,
};

function exceptions(kind: QueryKind, more: JsonObject): JsonObject[] {
  const scope = Object.fromEntries(SCOPE_OF_KIND[kind].map((name) => [name, LIMITS[name] ?? 1]));
  const instead = { offences: { allow: ['100'] }, legal_process: { at_least: 'none' }, scope, ...more };
  const afterwards = { approve_within_hours: 24, report_within_hours: 72 };
  return [{ exception: 'emergency', purposes: ['criminal-investigation'], instead, afterwards, source: SOURCE }];
}

function section(side: 'release' | 'ask', named: readonly QueryKind[]): JsonObject {
  const kinds = named.map((kind) => {
    const pattern = VOCABULARY.kinds.get(kind)?.pattern === true;
    const softened = side === 'release' ? { recipients, declarations } : {};
    const both = {
      ...ask,
      scope: LIMITS,
      ...(pattern ? {} : { exceptions: exceptions(kind, softened) }),
      ...(kind === 'hot_list_alert'
        ? { hot_list: { sources: ['ncic-vehicle'], max_list_age_hours: 12, source: SOURCE } }
        : {}),
    };
    const legal_process = pattern ? { at_least: 'warrant', source: SOURCE } : { at_least: 'documented-purpose' };
    if (side === 'ask') return [kind, { ...both, legal_process, beneficiary: { allow: 'declared' }, tiers: [askTier] }];
    const release = {
      ...both,
      legal_process: pattern ? legal_process : { as_strict_as_mine: true, signed_by: 'court', source: SOURCE },
      beneficiary: { allow: 'meets-same', source: SOURCE },
      require,
      recipients,
      declarations,
      cameras: { owner_classes: ['public', 'school'], source: SOURCE },
      witnesses: { at_least: 2, source: SOURCE },
      fields: ['plate', 'seen_at'],
      obligations: {
        retention_seconds: 86_400,
        purpose: 'named_case_only',
        onward_transfer: 'refused_without_new_request',
        source: SOURCE,
      },
      coarsen: { place_metres: 500, time_seconds: 900, source: SOURCE },
      tiers: [{ ...askTier, require, recipients, declarations, witnesses: { at_least: 3 } }],
    };
    return [kind, release];
  });
  return Object.fromEntries(kinds) as JsonObject;
}

/** A rule that uses every clause that there is, for the kinds named. It says nothing sensible. */
export function everything(kinds: readonly QueryKind[]): JsonObject {
  return {
    schema: 'comity-rule/v2',
    owner: 'https://everything.example',
    version: 1,
    vocabulary: VOCABULARY.digest,
    title: 'every clause that there is',
    effective_from: '2026-04-01T00:00:00-07:00',
    effective_until: '2027-04-01T00:00:00-07:00',
    forbid: [
      {
        name: 'nobody',
        sides: ['release', 'ask'],
        when: {
          kinds: ['plate_history'],
          purposes: ['immigration-enforcement'],
          offences: ['30A'],
          exceptions: ['emergency'],
          classes: ['immigration-agency'],
          jurisdictions: ['own'],
          agencies: ['https://x.example'],
          camera_owner_classes: ['private'],
          hot_list_sources: ['ncic-immigration-violator'],
          onward: true,
          case_numbers: ['@@@-######'],
        },
        source: SOURCE,
      },
    ],
    release: section('release', kinds),
    ask: section('ask', kinds),
  };
}

export const EVERYTHING: JsonObject = everything(QUERY_KINDS);
