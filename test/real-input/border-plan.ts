import type { JsonObject } from '#protocol';
import { VOCABULARY } from '#policy';
import type { AgencyPlan, FederationPlan } from '../../apps/sandbox/src/plan.js';

const FROM = '2020-01-01T00:00:00Z';
const BINDS = ['municipal-police', 'county-sheriff'];
/** Of the asking side's law: what was released is deleted by then, though its owner would let it be kept for 30. */
export const RECEIVER_DAYS = 21;

function attested(protection: string, level: string, basis = 'statute', binds?: string[]): JsonObject {
  const statute = 'invented for this test; no law of any place';
  const mark = { protection, level, basis, statute, effective_from: FROM, effective_until: null };
  return binds === undefined ? mark : { ...mark, binds };
}

function law(retention: string): JsonObject[] {
  return [
    attested('legal-process-plate-history', 'documented-purpose', 'statute', BINDS),
    attested('retention', retention, 'statute', BINDS),
    attested('immigration-use', 'prohibited', 'statute', BINDS),
  ];
}

const ASKED = {
  purposes: { allow: ['criminal-investigation'], deny: ['immigration-enforcement'] },
  offences: { allow: ['120', '240'] },
  legal_process: { at_least: 'documented-purpose' },
  approval: { by: 'supervisor' },
  officer: { acr: ['urn:comity:acr:mfa'] },
  case_number: { patterns: ['##-#####'] },
  scope: { max_window_hours: 336, max_plates: 5, max_fan_out: 1 },
};

const RULE: JsonObject = {
  schema: 'comity-rule/v2',
  version: 1,
  vocabulary: VOCABULARY.digest,
  title: 'Invented agencies of 2021: sharing and asking, a test',
  effective_from: FROM,
  release: {
    plate_history: {
      ...ASKED,
      require: [
        { protection: 'legal-process-plate-history', at_least: 'documented-purpose', basis: ['statute'] },
        { protection: 'retention', at_least: 'days-30', basis: ['statute'] },
        { protection: 'immigration-use', at_least: 'prohibited', basis: ['statute'] },
        { protection: 'agreement-287g', at_least: 'none', basis: ['declaration'] },
      ],
      recipients: [{ classes: BINDS }],
      beneficiary: { allow: 'none' },
      fields: ['plate', 'plate_state', 'seen_at', 'location', 'device', 'camera_owner_class'],
      obligations: {
        retention_seconds: 30 * 86_400,
        purpose: 'named_case_only',
        onward_transfer: 'refused_without_new_request',
      },
    },
  },
  ask: { plate_history: { ...ASKED, beneficiary: { allow: 'none' } } },
};

type Identity = Pick<AgencyPlan, 'id' | 'name' | 'jurisdiction' | 'ori' | 'retentionDays'>;

function agency(on: AgencyPlan, of: Identity): AgencyPlan {
  return {
    ...on,
    ...of,
    agencyClass: 'municipal-police',
    attests: [attested('agreement-287g', 'none', 'declaration')],
    rule: RULE,
  };
}

/**
 * Two invented agencies in two invented jurisdictions, whose laws and rules were in force long before October 2021. The
 * laws of the demonstration take effect in 2026 and would, rightly, refuse everything then.
 */
export function borderOf2021(plan: FederationPlan): FederationPlan {
  const [first, second] = plan.agencies;
  if (first === undefined || second === undefined) throw new TypeError('the demonstration has agencies');
  return {
    ...plan,
    jurisdictions: [
      { id: 'coast', name: 'Coast (invented)', attests: law('days-30') },
      { id: 'inland', name: 'Inland (invented)', attests: law(`days-${RECEIVER_DAYS}`) },
    ],
    agencies: [
      agency(first, {
        id: 'alder-sound',
        name: 'Alder Sound Police',
        jurisdiction: 'coast',
        ori: 'WA0970100',
        retentionDays: 30,
      }),
      agency(second, {
        id: 'larch-valley',
        name: 'Larch Valley Police',
        jurisdiction: 'inland',
        ori: 'OR0970100',
        retentionDays: RECEIVER_DAYS,
      }),
    ],
  };
}
