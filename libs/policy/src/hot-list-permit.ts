import { bindingNow } from './attestation-reach.js';
import type { Party } from './facts.js';
import type { HotListSource } from './hot-list-sources.js';
import type { Rule } from './rule.js';
import { meetsLevel, vocabularyByDigest, type Vocabulary } from './vocabulary.js';

/** Why entries of a source may not be listed here. */
export interface SourceRefusal {
  readonly code: 'no_rule' | 'not_named' | 'forbidden_by_rule' | 'forbidden_by_law';
  /** The citation in the rule or in the law, where there is one. */
  readonly source?: string;
}

/** What an agency may hold on lists of wanted plates. */
export interface SourcePermit {
  of(source: string): 'permitted' | 'unknown' | SourceRefusal;
  /** How old a list may be before it gives no hits; 0 where the rule says nothing, which is never fresh. */
  readonly maxAgeHours: number;
}

/** What the law says, in hours, where it says more than the rule. */
const LAW_AGES = { daily: 24, 'each-shift': 12 } as const;
const NOTHING: SourcePermit = { of: () => ({ code: 'no_rule' }), maxAgeHours: 0 };

/**
 * Which entries an agency may list to compare its own reads with: those of the sources that its published rule names for
 * `hot_list_alert` on its asking side, less what the rule forbids under any circumstances and what the law that binds it
 * rules out. No rule, nothing. An immigration file is refused wherever immigration enforcement is, by rule or by law, even
 * if a list of the rule names it.
 */
export function hotListPermit(rule: Rule | undefined, agency: Party, now: number): SourcePermit {
  const condition = rule?.ask?.hot_list_alert?.hot_list;
  const vocabulary = rule === undefined ? undefined : vocabularyByDigest(rule.vocabulary);
  if (rule === undefined || condition === undefined || vocabulary === undefined) return NOTHING;
  const law = new OwnLaw(vocabulary, agency, now);
  const of = (source: string): 'permitted' | 'unknown' | SourceRefusal => {
    const known = vocabulary.hotListSources.get(source);
    if (known === undefined) return 'unknown';
    const forbidden = forbiddenBy(rule, known) ?? law.forbids(known);
    if (forbidden !== undefined) return forbidden;
    return condition.sources.includes(source) ? 'permitted' : { code: 'not_named', ...cited(condition.source) };
  };
  return { of, maxAgeHours: Math.min(condition.max_list_age_hours, law.maxAgeHours()) };
}

/** A clause that names more than the source speaks of some requests only; a list serves them all, so it is forbidden. */
function forbiddenBy(rule: Rule, { id, immigration }: HotListSource): SourceRefusal | undefined {
  const clause = (rule.forbid ?? []).find(({ when }) => {
    if (when.hot_list_sources?.includes(id) === true) return true;
    return immigration === true && when.purposes?.includes('immigration-enforcement') === true;
  });
  return clause && { code: 'forbidden_by_rule', ...cited(clause.source) };
}

class OwnLaw {
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly agency: Party,
    private readonly now: number,
  ) {}

  forbids({ ground, immigration }: HotListSource): SourceRefusal | undefined {
    const law =
      (immigration === true ? this.atLeast('immigration-use', 'prohibited') : undefined) ??
      (ground === 'nothing' ? this.atLeast('hot-list-scope', 'closed-classes') : undefined);
    return law === undefined ? undefined : { code: 'forbidden_by_law', source: law };
  }

  maxAgeHours(): number {
    const ages = Object.entries(LAW_AGES).filter(([level]) => this.atLeast('hot-list-freshness', level) !== undefined);
    return Math.min(Infinity, ...ages.map(([, hours]) => hours));
  }

  /** The citation of a law that binds the agency now and is as strict. */
  private atLeast(protection: string, level: string): string | undefined {
    return bindingNow(this.agency, protection, this.now).find((each) =>
      meetsLevel(this.vocabulary, protection, each.level, level),
    )?.statute;
  }
}

function cited(source: string | undefined): { source?: string } {
  return source === undefined ? {} : { source };
}
