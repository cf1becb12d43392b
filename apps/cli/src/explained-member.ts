import type { JsonObject } from '#protocol';
import type { LeafEntityType, TrustError, VerifiedAnchor, VerifiedChain, VerifiedTrustMark } from '#trust';
import { boundBy, nameOf, saysOf } from './explained-agency.js';
import { bad, bold, dim, type Line } from './terminal.js';

/** Whoever is no agency. */
export type ExplainedMember =
  | { readonly kind: 'anchor'; readonly anchor: VerifiedAnchor; readonly members: readonly VerifiedChain[] }
  | {
      readonly kind: 'member';
      readonly chain: VerifiedChain;
      /** Of a jurisdiction: its law. */
      readonly marks: readonly VerifiedTrustMark[];
      readonly refusedMarks: readonly TrustError[];
      readonly members: readonly VerifiedChain[];
    };

export function explainedMember(member: ExplainedMember): Line[] {
  if (member.kind === 'anchor') {
    const { anchor, members } = member;
    return [
      [bold(nameOfAnchor(anchor)), dim(`  ${anchor.entityId}`)],
      'trust anchor, pinned by you; nobody is above it, and what it signs makes everybody else below it',
      `signs with ${[...anchor.federationKeys.keys()].join(', ')}`,
      '',
      [bold('Enrolled below it, and in force now:')],
      ...enrolledLines(members.filter(({ anchor: above }) => above === anchor.entityId)),
    ];
  }
  const { chain, members, marks, refusedMarks } = member;
  return [
    [bold(nameOf(chain)), dim(`  ${chain.entityId}`)],
    `${whatItIs(chain)}, enrolled by ${chain.superiors[0] ?? chain.anchor}`,
    `vetted by ${chain.assurance ?? 'nobody says how'}`,
    ...roleLines(chain),
    ...(chain.entityType === 'comity_jurisdiction' ? jurisdictionLines(chain, members, marks) : []),
    ...(refusedMarks.length === 0 ? [] : ['', [bold('Shown and not believed:')] as Line]),
    ...refusedMarks.map(({ code, entityId }): Line => ['  ', bad('✗'), ` ${code}  ${entityId ?? ''}`]),
  ];
}

export function memberDocument(member: ExplainedMember): JsonObject {
  if (member.kind === 'anchor') {
    const { anchor, members } = member;
    return {
      entity_id: anchor.entityId,
      entity_type: 'federation_entity',
      name: nameOfAnchor(anchor),
      anchor: true,
      keys: [...anchor.federationKeys.keys()],
      enrolled: enrolledDocument(members.filter(({ anchor: above }) => above === anchor.entityId)),
    };
  }
  const { chain, members, marks, refusedMarks } = member;
  const { process, scope } = chain;
  return {
    entity_id: chain.entityId,
    entity_type: chain.entityType,
    name: nameOf(chain),
    superior: chain.superiors[0] ?? chain.anchor,
    assurance: chain.assurance ?? null,
    ...(process !== undefined && {
      role: process.role,
      process: { classes: [...process.classes], jurisdictions: [...process.jurisdictions] },
    }),
    ...(chain.entityType === 'comity_auditor' && { scope: scope === undefined ? null : scopeDocument(scope) }),
    ...(chain.entityType === 'comity_jurisdiction' && {
      attests: marks.map(({ protection, level, basis, statute, effectiveFrom, effectiveUntil, binds, type }) => ({
        protection,
        level,
        says: saysOf({ protection, level }),
        basis,
        statute,
        binds: [...binds],
        effective_from: new Date(effectiveFrom).toISOString(),
        effective_until: effectiveUntil === null ? null : new Date(effectiveUntil).toISOString(),
        mark_type: type,
      })),
      enrolled: enrolledDocument(members.filter(({ superiors }) => superiors[0] === chain.entityId)),
    }),
    not_believed: refusedMarks.map(({ code, entityId }) => ({ code, entity_id: entityId ?? null })),
  };
}

function nameOfAnchor({ federationEntity, entityId }: VerifiedAnchor): string {
  const { organization_name: name } = federationEntity;
  return typeof name === 'string' ? name : entityId;
}

function whatItIs({ entityType, stated, process }: VerifiedChain): string {
  switch (entityType) {
    case 'comity_jurisdiction':
      return 'jurisdiction';
    case 'comity_agency':
      return 'agency';
    case 'comity_broker':
      return 'broker';
    case 'comity_auditor':
      return typeof stated['role'] === 'string' ? `auditor (${stated['role']})` : 'auditor';
    case 'federation_entity':
      return process?.role ?? 'issuer of legal process';
  }
}

/** What it may do, and what it may not. */
function roleLines(chain: VerifiedChain): Line[] {
  const { entityType, process, scope } = chain;
  switch (entityType) {
    case 'comity_broker':
      return ['carries requests and answers between agencies, sealed; it holds no key that opens either'];
    case 'federation_entity':
      return [
        `signs ${process?.classes.join(', ') ?? 'nothing'} for agencies of ${process?.jurisdictions.join(', ') ?? 'nowhere'}`,
      ];
    case 'comity_auditor': {
      const end = new Date(chain.expiresAt).toISOString();
      return scope === undefined
        ? ['may read nothing: its superior states no scope']
        : [...scopeLines(scope), `each of its reads is logged; what its superior states is in force until ${end}`];
    }
    case 'comity_jurisdiction':
    case 'comity_agency':
      return [];
  }
}

type Scope = NonNullable<VerifiedChain['scope']>;

function scopeDocument(scope: Scope): JsonObject {
  return Object.fromEntries(namedIn(scope).map(([name, values]) => [name, [...values]]));
}

function scopeLines(scope: Scope): Line[] {
  const named = namedIn(scope);
  if (named.length === 0) return ['may read nothing: its scope names nothing'];
  return [
    'may read receipts that fit all of:',
    ...named.map(([name, values]): Line => `  ${name}: ${values.join(', ')}`),
  ];
}

function namedIn({ jurisdictions, agencies, persons, txns }: Scope) {
  return Object.entries({ jurisdictions, agencies, persons, txns }).flatMap(([name, values]) =>
    values === undefined ? [] : [[name, values] as const],
  );
}

function jurisdictionLines(
  { entityId }: VerifiedChain,
  members: readonly VerifiedChain[],
  marks: readonly VerifiedTrustMark[],
): Line[] {
  return [
    '',
    [bold(marks.length === 0 ? 'It attests no law.' : 'The law that it attests:')],
    ...marks.flatMap((mark) => boundBy(mark, `binds ${mark.binds.join(', ')}`)),
    '',
    [bold('Enrolled by it, and in force now:')],
    ...enrolledLines(members.filter(({ superiors }) => superiors[0] === entityId)),
  ];
}

const ORDER: readonly LeafEntityType[] = [
  'comity_jurisdiction',
  'comity_agency',
  'comity_broker',
  'federation_entity',
  'comity_auditor',
];

function rank({ entityType }: VerifiedChain): number {
  return ORDER.indexOf(entityType);
}

function ordered(members: readonly VerifiedChain[]): VerifiedChain[] {
  return members.toSorted((a, b) => rank(a) - rank(b) || (a.entityId < b.entityId ? -1 : 1));
}

function enrolledLines(members: readonly VerifiedChain[]): Line[] {
  if (members.length === 0) return ['  nobody'];
  return ordered(members).map((chain): Line => [
    `  ${whatItIs(chain).padEnd(14)}${nameOf(chain)}`,
    dim(`  ${chain.entityId}`),
  ]);
}

function enrolledDocument(members: readonly VerifiedChain[]): JsonObject[] {
  return ordered(members).map((chain) => ({
    entity_id: chain.entityId,
    entity_type: chain.entityType,
    name: nameOf(chain),
  }));
}
