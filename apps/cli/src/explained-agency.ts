import { VOCABULARY } from '#policy';
import type { JsonObject } from '#protocol';
import { protectionMarkType, type AgencyAccess, type Attestation, type Contradiction } from '#trust';
import type { AgencyView } from '#trust/io';
import { bad, bold, dim, good, warn, type Line } from './terminal.js';

/** What binds an agency, who else comes to what it receives, and what nobody attests for it. */
export function explainedAgency(view: AgencyView): Line[] {
  const { chain, jurisdictions, attestations, refusedMarks, contradictions } = view;
  const missing = missingOf(view);
  const of = jurisdictions.length === 0 ? 'no jurisdiction: it inherits no law' : jurisdictions.join(', ');
  return [
    [bold(nameOf(chain)), dim(`  ${chain.entityId}`)],
    `class ${chain.agencyClass ?? 'not stated by its superior'}, in ${of}`,
    `vetted by ${chain.assurance ?? 'nobody says how'}`,
    '',
    [bold('Who else comes to what it receives, as its superior states:')],
    ...accessLines(chain.access),
    '',
    [bold(attestations.length === 0 ? 'Nothing is attested that binds it.' : 'It is bound by:')],
    ...attestations.flatMap((found) => boundBy(found, sourceOf(found, chain.entityId))),
    '',
    [bold(missing.length === 0 ? 'Every protection of the vocabulary is attested.' : 'Nobody attests for it:')],
    ...missing.map((protection): Line => ['  ', bad('✗'), ` ${protection}`, dim(`  ${questionOf(protection)}`)]),
    ...(refusedMarks.length === 0 && contradictions.length === 0 ? [] : ['', [bold('Said and not believed:')] as Line]),
    ...contradictions.map((found): Line => ['  ', bad('✗'), ` ${contradictionText(found)}`]),
    ...refusedMarks.map(({ code, entityId }): Line => ['  ', bad('✗'), ` ${code}  ${entityId ?? ''}`]),
  ];
}

export function agencyDocument(view: AgencyView): JsonObject {
  const { chain, jurisdictions, attestations, refusedMarks, contradictions } = view;
  return {
    entity_id: chain.entityId,
    entity_type: chain.entityType,
    name: nameOf(chain),
    agency_class: chain.agencyClass ?? null,
    assurance: chain.assurance ?? null,
    jurisdictions: [...jurisdictions],
    access: accessDocument(chain.access),
    bound_by: attestations.map((found) => ({
      protection: found.protection,
      level: found.level,
      says: saysOf(found),
      basis: found.basis,
      statute: found.statute,
      issuer: found.issuer,
      of: found.subject,
      effective_from: new Date(found.effectiveFrom).toISOString(),
      effective_until: found.effectiveUntil === null ? null : new Date(found.effectiveUntil).toISOString(),
      mark: found.digest,
      mark_type: protectionMarkType(chain.anchor, found),
    })),
    missing: missingOf(view),
    contradicted: contradictions.map(({ protection, level, issuer, worst }) => ({
      protection,
      level,
      issuer,
      by: { level: worst.level, issuer: worst.issuer },
    })),
    not_believed: refusedMarks.map(({ code, entityId }) => ({ code, entity_id: entityId ?? null })),
  };
}

/** One thing that is attested, in two lines: what, and by which law. */
export function boundBy(found: Bound, source: string): Line[] {
  return [
    ['  ', good('✓'), ' ', bold(found.protection), ` ${found.level}: ${saysOf(found)}`],
    ['      ', dim(`${found.basis}, ${found.statute}; ${source}; ${sinceOf(found)}`)],
  ];
}

export type Bound = Pick<
  Attestation,
  'protection' | 'level' | 'basis' | 'statute' | 'effectiveFrom' | 'effectiveUntil'
>;

export function nameOf({ stated, entityId }: { readonly stated: JsonObject; readonly entityId: string }): string {
  const { name } = stated;
  return typeof name === 'string' ? name : entityId;
}

/** The level in the vocabulary's own words. */
export function saysOf({ protection, level }: Pick<Attestation, 'protection' | 'level'>): string {
  const found = VOCABULARY.protections.get(protection)?.levels.find(({ id }) => id === level);
  return found?.text ?? 'a level that this version of the vocabulary does not know';
}

/** The lists of an agency's `access`, in the order in which the superior's statement has them. */
function listsOf(access: AgencyAccess) {
  const { controllingBodies, taskForces, sharedCentres, sharedSignIns } = access;
  return [
    ['controlling_bodies', 'who controls it', controllingBodies],
    ['task_forces', 'task forces', taskForces],
    ['shared_centres', 'shared centres', sharedCentres],
    ['shared_sign_ins', 'shared sign-ins', sharedSignIns],
  ] as const;
}

function accessLines(access: AgencyAccess): Line[] {
  const model = access.agreement287g;
  return [
    ...listsOf(access).map(([member, title, list]): Line => {
      if (!list.stated) {
        return ['  ', bad('✗'), ` ${title}: not stated (\`${member}\`), so every request of it is refused`];
      }
      const text = list.value.map(partyText).join('; ');
      return text === '' ? ['  ', good('✓'), ` ${title}: nobody`] : ['  ', warn('!'), ` ${title}: ${text}`];
    }),
    ['  ', dim('·'), ` 287(g) agreement: ${model.stated ? model.value : 'not stated; what is attested counts'}`],
  ];
}

type Listed = {
  readonly name: string | undefined;
  readonly entityId?: string | undefined;
  readonly parties?: readonly Listed[];
};

function partyText({ name, entityId, parties }: Listed): string {
  const self =
    entityId ?? (parties === undefined ? `${name ?? ''} (enrolled nowhere: it meets nothing)` : (name ?? ''));
  return parties === undefined ? self : `${self}, with ${parties.map(partyText).join(', ')}`;
}

function accessDocument(access: AgencyAccess): JsonObject {
  const document = ({ name, entityId, parties }: Listed): JsonObject => ({
    ...(name !== undefined && { name }),
    ...(entityId !== undefined && { entity_id: entityId }),
    ...(parties !== undefined && { parties: parties.map(document) }),
  });
  return {
    ...Object.fromEntries(
      listsOf(access).map(([member, , list]) => [member, list.stated ? list.value.map(document) : null]),
    ),
    agreement_287g: access.agreement287g.stated ? access.agreement287g.value : null,
  };
}

function contradictionText({ protection, level, issuer, attestation, worst }: Contradiction): string {
  const said = attestation === undefined ? 'stated' : 'attested';
  return `${protection} ${level}, ${said} by ${issuer}: ${worst.level} is said by ${worst.issuer}, and the worse counts`;
}

/** Of the vocabulary, what is neither attested about the agency itself nor in every one of its jurisdictions. */
function missingOf(view: AgencyView): string[] {
  return [...VOCABULARY.protections.keys()].filter((protection) => !isAttested(view, protection));
}

function isAttested({ attestations, jurisdictions, chain }: AgencyView, protection: string): boolean {
  const found = attestations.filter((attestation) => attestation.protection === protection);
  if (found.some(({ subject }) => subject === chain.entityId)) return true;
  return jurisdictions.length > 0 && jurisdictions.every((id) => found.some(({ subject }) => subject === id));
}

function questionOf(protection: string): string {
  return VOCABULARY.protections.get(protection)?.question ?? '';
}

function sourceOf({ issuer, subject }: Attestation, agency: string): string {
  const about = subject === agency ? 'about the agency itself' : `the law of ${subject}`;
  return `${about}, attested by ${issuer === subject ? 'itself' : issuer}`;
}

function sinceOf({ effectiveFrom, effectiveUntil }: Bound): string {
  const until = effectiveUntil === null ? '' : ` until ${day(effectiveUntil)}`;
  return `in effect since ${day(effectiveFrom)}${until}`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
