import type { AskConditions, ReleaseConditions, ScopeLimits, TierTrigger } from '../conditions.js';
import { decide } from '../decide.js';
import type { Party } from '../facts.js';
import { openOffences, openPurposes } from '../lint/section.js';
import type { QueryKind, Rule } from '../rule.js';
import { vocabularyByDigest, type Vocabulary } from '../vocabulary.js';
import { bestCase, type Probe } from './best-case.js';

/** How far a party can get by one kind of query under one rule. */
export interface PartyReach {
  /** For `purpose exception` the weakest legal process that is enough; a pair that never is, is left out. */
  readonly process: ReadonlyMap<string, string>;
  /** For each measure the largest probed value that is permitted; 0 where none is. For `characters` the smallest. */
  readonly measures: ReadonlyMap<Measure, number>;
  /** For each list the values that are permitted. */
  readonly lists: ReadonlyMap<List, ReadonlySet<string>>;
}

export const MEASURES = ['windowHours', 'ageHours', 'plates', 'fanOut', 'areaKm2', 'areas', 'characters'] as const;
export type Measure = (typeof MEASURES)[number];
export const LISTS = ['offence', 'cameraOwner', 'hotListSource', 'beneficiary'] as const;
export type List = (typeof LISTS)[number];

/** The limits at which either rule changes its mind, so that both are probed at the same places. */
export type ProbedValues = ReadonlyMap<Measure, readonly number[]>;

const LIMITS: Readonly<Record<Measure, { scope: keyof ScopeLimits; trigger: keyof TierTrigger | undefined }>> = {
  windowHours: { scope: 'max_window_hours', trigger: 'window_over_hours' },
  ageHours: { scope: 'max_data_age_hours', trigger: 'data_older_than_hours' },
  plates: { scope: 'max_plates', trigger: 'plates_over' },
  fanOut: { scope: 'max_fan_out', trigger: 'fan_out_over' },
  areaKm2: { scope: 'max_area_km2', trigger: 'area_over_km2' },
  areas: { scope: 'max_areas', trigger: 'areas_over' },
  characters: { scope: 'min_characters', trigger: undefined },
};

export function probedValues(rules: readonly Rule[]): ProbedValues {
  const sections = rules.flatMap(({ release = {} }) => Object.values(release));
  return new Map(
    MEASURES.map((measure) => {
      const { scope, trigger } = LIMITS[measure];
      const found = sections.flatMap(({ scope: base, tiers = [], exceptions = [] }) => [
        base[scope],
        ...tiers.flatMap(({ when, scope: more }) => [trigger === undefined ? undefined : when[trigger], more?.[scope]]),
        ...exceptions.map(({ instead }) => instead?.scope?.[scope]),
      ]);
      const limits = found.filter((value) => typeof value === 'number');
      return [measure, [...new Set([...limits, BASE[measure]])].sort((a, b) => a - b)];
    }),
  );
}

const BASE: Readonly<Record<Measure, number>> = {
  windowHours: 1,
  ageHours: 1,
  plates: 1,
  fanOut: 1,
  areaKm2: 0.01,
  areas: 1,
  characters: 16,
};

export interface ReachInput {
  readonly rule: Rule;
  readonly kind: QueryKind;
  readonly party: Party;
  readonly owner: Party;
  readonly values: ProbedValues;
  readonly now: number;
}

/** Asks `decide` itself, some hundred times: nothing here knows what a clause means. */
export function partyReach(input: ReachInput): PartyReach {
  const { rule, kind, values } = input;
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  const conditions = rule.release?.[kind];
  if (vocabulary === undefined || conditions === undefined) return NOTHING;
  const permitted = permittedBy(input, conditions, vocabulary);
  const best = bestProbe(kind, conditions, vocabulary, permitted);
  const process = new Map<string, string>();
  for (const purpose of vocabulary.purposes.keys()) {
    for (const exception of vocabulary.exceptions.keys()) {
      const enough = [...vocabulary.legalProcess.keys()].find((each) =>
        permitted({ ...best, purpose, exception, process: each }),
      );
      if (enough !== undefined) process.set(`${purpose} ${exception}`, enough);
    }
  }
  const ofList = (list: List): readonly string[] => listValues(list, vocabulary);
  return {
    process,
    measures: new Map(
      MEASURES.map((measure) => [measure, furthest(measure, values.get(measure) ?? [], best, permitted)]),
    ),
    lists: new Map(
      LISTS.map((list) => [list, new Set(ofList(list).filter((value) => permitted({ ...best, [list]: value })))]),
    ),
  };
}

const NOTHING: PartyReach = { process: new Map(), measures: new Map(), lists: new Map() };

type Permitted = (probe: Probe) => boolean;

function permittedBy(
  { rule, party, owner, now }: ReachInput,
  conditions: AskConditions | ReleaseConditions,
  vocabulary: Vocabulary,
): Permitted {
  return (probe) => {
    const facts = bestCase(probe, { party, owner, conditions, vocabulary, now });
    return decide(facts, { rule, side: 'release' }, now).outcome === 'permit';
  };
}

/** Begins with a warrant, the narrowest query and the first purpose and offence that get through. */
function bestProbe(
  kind: QueryKind,
  conditions: ReleaseConditions,
  vocabulary: Vocabulary,
  permitted: Permitted,
): Probe {
  const [offence = ''] = openOffences(vocabulary, conditions.offences);
  const start: Probe = {
    ...BASE,
    kind,
    purpose: '',
    process: 'warrant',
    exception: 'none',
    offence,
    cameraOwner: undefined,
    hotListSource: conditions.hot_list?.sources[0] ?? '',
    beneficiary: 'none',
  };
  const purposes = [...openPurposes(conditions.purposes)];
  const purpose = purposes.find((each) => permitted({ ...start, purpose: each })) ?? purposes[0] ?? '';
  return { ...start, purpose };
}

function furthest(measure: Measure, values: readonly number[], best: Probe, permitted: Permitted): number {
  const tried = values.filter((value) => permitted(probeAt(measure, value, best)));
  if (tried.length === 0) return 0;
  return measure === 'characters' ? Math.min(...tried) : Math.max(...tried);
}

/** A long window reaches old reads; how old they are is probed by itself, through a short one. */
function probeAt(measure: Measure, value: number, best: Probe): Probe {
  switch (measure) {
    case 'windowHours':
      return { ...best, windowHours: value, ageHours: value };
    case 'ageHours':
      return { ...best, ageHours: Math.max(value, best.windowHours) };
    case 'areaKm2':
    case 'areas':
    case 'characters':
    case 'fanOut':
    case 'plates':
      return { ...best, [measure]: value };
  }
}

function listValues(list: List, vocabulary: Vocabulary): readonly string[] {
  switch (list) {
    case 'offence':
      return [...vocabulary.offences.keys()];
    case 'cameraOwner':
      return [...vocabulary.cameraOwnerClasses.keys()];
    case 'hotListSource':
      return [...vocabulary.hotListSources.keys()];
    case 'beneficiary':
      return ['none', 'another', 'not_enrolled'];
  }
}
