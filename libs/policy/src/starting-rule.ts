import type { JsonObject, JsonValue } from '#protocol';
import { lawInForce } from './law-in-force.js';
import type { LawStatement, Profile, RecipientDemand, TierDemand } from './profile.js';
import { retentionSeconds, vocabularyByDigest, type Vocabulary } from './vocabulary.js';

/** Stands as the source of everything in a starting rule that no law demands. */
export const STARTING_VALUE = 'a cautious starting value, not law';

const POLICE = ['municipal-police', 'county-sheriff', 'state-police', 'tribal-police', 'prosecutor'];
const PURPOSES = ['criminal-investigation', 'stolen-vehicle', 'missing-person', 'wanted-person', 'threat-to-life'];
const FIELDS = ['plate', 'plate_state', 'seen_at', 'location', 'confidence'];
const MONTH_SECONDS = 30 * 24 * 60 * 60;

export interface StartingRuleInput {
  readonly profile: Profile;
  /** Entity id of the agency whose rule it will be. */
  readonly owner: string;
  readonly version: number;
  /** Instant with offset. */
  readonly effectiveFrom: string;
  /** Entity ids of other legal orders in the federation, by id of their profile; one that is not named gets nothing. */
  readonly jurisdictions: ReadonlyMap<string, string>;
}

/**
 * The rule that the law of a legal order demands of an agency that holds reads, as a document of the rule schema: what is
 * law carries its citation as `source`, everything else says that it is a starting value. It answers the history of a plate
 * and, where the law speaks of lists, alerts; every other kind of query is denied until the owner writes conditions for it.
 */
export function startingRule(input: StartingRuleInput): JsonObject {
  const { profile, owner, version, effectiveFrom } = input;
  const vocabulary = vocabularyByDigest(profile.vocabulary);
  if (!vocabulary) throw new Error('a profile that was parsed has a known vocabulary');
  // A day of effect that nobody verified counts from the day of reading: the draft speaks of the law as it was read.
  const readOn = Date.parse(`${profile.as_of}T00:00:00Z`);
  const law = lawInForce(profile, Math.max(Date.parse(effectiveFrom), readOn));
  const draft = new Draft(input, vocabulary, law);
  return {
    schema: 'comity-rule/v2',
    owner,
    version,
    vocabulary: profile.vocabulary,
    title: `${profile.name}: starting rule after its legal profile, version ${profile.version}; a draft, not legal advice`,
    effective_from: effectiveFrom,
    ...draft.forbid(),
    release: { plate_history: draft.plateHistory(), ...draft.alerts() },
    ask: { plate_history: draft.asking() },
  };
}

class Draft {
  constructor(
    private readonly input: StartingRuleInput,
    private readonly vocabulary: Vocabulary,
    private readonly law: readonly LawStatement[],
  ) {}

  plateHistory(): JsonObject {
    const { owner } = this.input.profile;
    return {
      ...this.onBothSides(),
      require: this.require(),
      recipients: this.recipients(),
      fields: FIELDS,
      obligations: this.obligations(),
      ...(owner.tiers && { tiers: owner.tiers.map((tier) => this.tier(tier)) }),
    };
  }

  /** What an agency of this law asks of its own officers. */
  asking(): JsonObject {
    return this.onBothSides();
  }

  alerts(): JsonObject {
    const list = this.input.profile.owner.hot_list;
    if (!list) return {};
    const { tiers: _none, ...conditions } = this.plateHistory();
    const sources = [...this.vocabulary.hotListSources.values()].filter(({ ground }) => ground !== 'nothing');
    return {
      hot_list_alert: {
        ...conditions,
        legal_process: list.legal_process
          ? { at_least: list.legal_process, source: list.source }
          : { at_least: 'documented-purpose', source: STARTING_VALUE },
        scope: { max_window_hours: 168, max_plates: 1, max_fan_out: 50, source: STARTING_VALUE },
        hot_list: {
          sources: sources.map(({ id }) => id),
          max_list_age_hours: list.max_list_age_hours ?? 24,
          source: list.max_list_age_hours === undefined ? STARTING_VALUE : list.source,
        },
      },
    };
  }

  /** Where the law allows no use for immigration, the ways around it are closed as well. */
  forbid(): JsonObject {
    const bar = this.own('immigration-use');
    if (bar?.level !== 'prohibited') return {};
    const offences = [...this.vocabulary.offences.values()].filter(({ immigration }) => immigration);
    const classes = [...this.vocabulary.agencyClasses.values()].filter(({ immigration }) => immigration);
    const clause = (name: string, when: JsonObject) => ({
      name,
      sides: ['release', 'ask'],
      when,
      source: bar.citation,
    });
    return {
      forbid: [
        clause('immigration-purpose', { purposes: ['immigration-enforcement'] }),
        clause('immigration-offence', { offences: offences.map(({ id }) => id) }),
        clause('immigration-agency', { classes: classes.map(({ id }) => id) }),
      ],
    };
  }

  private onBothSides(): JsonObject {
    const { purposes } = this.input.profile.owner;
    const process = this.own('legal-process-plate-history');
    return {
      purposes: { allow: PURPOSES, source: STARTING_VALUE, ...(purposes as JsonObject | undefined) },
      offences: { allow: 'all', source: STARTING_VALUE },
      beneficiary: { allow: 'none', source: STARTING_VALUE },
      legal_process: process
        ? { at_least: process.level, source: process.citation }
        : { at_least: 'documented-purpose', source: STARTING_VALUE },
      approval: { by: 'supervisor', source: STARTING_VALUE },
      officer: { acr: ['urn:comity:acr:mfa'], source: STARTING_VALUE },
      case_number: { patterns: ['##-####', '##-#####', '##-######', '####-######'], source: STARTING_VALUE },
      scope: { max_window_hours: 336, max_plates: 5, max_fan_out: 50, source: STARTING_VALUE },
    };
  }

  /** Parity, one protection at a time. A law that demands nothing is no reason to give reads to anybody. */
  private require(): JsonValue[] {
    const own = this.requireOwn(this.input.profile.owner.require_own);
    const bar = this.own('immigration-use');
    if (bar?.level === 'prohibited') {
      const basis = ['statute', 'policy', 'declaration'];
      const source = `not in the words of the law, guards ${bar.citation}: who has an agreement acts for others`;
      own.push({ protection: 'agreement-287g', at_least: 'none', basis, source });
    }
    if (own.length > 0) return own;
    const basis = ['statute', 'policy'];
    return [{ protection: 'purpose-limit', at_least: 'law-enforcement', basis, source: STARTING_VALUE }];
  }

  private requireOwn(protections: readonly string[]): JsonValue[] {
    return protections.flatMap((protection) => {
      const own = this.own(protection);
      if (!own) return [];
      return [{ protection, at_least: own.level, basis: ['statute', 'policy'], source: own.citation }];
    });
  }

  private recipients(): JsonValue[] {
    const recipients = this.input.profile.owner.recipients ?? [{ classes: POLICE }];
    return recipients.flatMap((recipient) => this.recipient(recipient));
  }

  private recipient({ jurisdictions, declarations, ...rest }: RecipientDemand): JsonValue[] {
    const source = rest.source ?? STARTING_VALUE;
    const named = jurisdictions?.flatMap((id) => (id === 'own' ? id : (this.input.jurisdictions.get(id) ?? [])));
    if (named?.length === 0) return [];
    const declared = declarations?.map((declaration) => ({ ...declaration, source }));
    const recipient = { ...rest, ...(named && { jurisdictions: named }), ...(declared && { declarations: declared }) };
    return [{ ...recipient, source } as unknown as JsonValue];
  }

  private tier({ name, when, require_own, legal_process, source }: TierDemand): JsonValue {
    const require = this.requireOwn(require_own);
    const tier = { name, when, require, legal_process: { ...legal_process, source }, source };
    return tier as unknown as JsonValue;
  }

  private obligations(): JsonObject {
    const own = this.own('retention');
    // A law that deletes at once speaks of reads that matched nothing, not of the answer to a question.
    const seconds = own && retentionSeconds(this.vocabulary, own.level);
    return {
      retention_seconds: seconds ? seconds : MONTH_SECONDS,
      purpose: 'named_case_only',
      onward_transfer: 'refused_without_new_request',
      source: own && seconds ? own.citation : STARTING_VALUE,
    };
  }

  private own(protection: string): LawStatement | undefined {
    return this.law.find((statement) => statement.protection === protection && statement.binds === undefined);
  }
}
