import type { DataSource, EntityManager } from 'typeorm';
import type { EnrolledAgency, MatchOutcome } from './match-agreements.js';
import type { AgreementPlan } from './plan-agreements.js';

/** One line of an import as the register keeps it, whatever became of it. */
export interface ImportRow {
  readonly line: number;
  readonly outcome: MatchOutcome;
  readonly state: string;
  readonly agency: string;
  readonly model: string;
  readonly subject: string | null;
  readonly why: string;
}

export interface ImportRecord {
  readonly digest: string;
  readonly fileDigest: string;
  readonly issuer: string;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
  readonly person: string;
  readonly act: string;
  readonly at: number;
}

export async function readEnrolledAgencies(
  manager: EntityManager,
  superiors: readonly string[],
): Promise<EnrolledAgency[]> {
  const rows = await manager.query<
    Record<'entity_id' | 'superior' | 'name' | 'ori' | 'fips' | 'class', string | null>[]
  >(
    `select entity_id, superior, stated ->> 'name' as name, stated ->> 'ori' as ori, stated ->> 'fips' as fips,
       stated ->> 'agency_class' as class
     from enrolled_entity
     where superior = any($1) and entity_type = 'comity_agency' and withdrawn_at is null order by entity_id`,
    [[...superiors]],
  );
  return rows.map((row) => ({
    entityId: row.entity_id ?? '',
    superior: row.superior ?? '',
    name: row.name ?? '',
    ori: row.ori ?? '',
    fips: row.fips ?? undefined,
    agencyClass: row.class ?? '',
  }));
}

export function agreementRows({ matches }: AgreementPlan): ImportRow[] {
  return matches.map(({ row, outcome, subjects, why }) => ({
    line: row.line,
    outcome,
    state: row.state ?? row.stateText,
    agency: row.agency,
    model: row.model ?? row.modelText,
    subject: outcome === 'matched' ? (subjects[0]?.entityId ?? null) : null,
    why,
  }));
}

/** The import and every one of its lines; the same import a second time does nothing. */
export async function storeImport(
  manager: EntityManager,
  record: ImportRecord & { readonly rows: readonly ImportRow[] },
): Promise<void> {
  const { digest, fileDigest, issuer, asOf, person, act, at, rows } = record;
  await manager.query(
    `insert into agreement_import (digest, file_digest, issuer, as_of, confirmed_by, act, at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (digest) do nothing`,
    [digest, fileDigest, issuer, asOf, person, act, new Date(at)],
  );
  await manager.query(
    `insert into agreement_import_row (import, line, outcome, state, agency, model, subject, why)
     select $1, r.line, r.outcome, r.state, r.agency, r.model, r.subject, r.why
     from jsonb_to_recordset($2::jsonb) as r (
       line integer, outcome text, state text, agency text, model text, subject text, why text)
     on conflict do nothing`,
    [digest, JSON.stringify(rows)],
  );
}

/** Newest first. */
export async function listImports(dataSource: DataSource): Promise<ImportRecord[]> {
  const rows = await dataSource.query<
    { digest: string; file_digest: string; issuer: string; as_of: string; person: string; act: string; at: Date }[]
  >(
    `select digest, file_digest, issuer, to_char(as_of, 'YYYY-MM-DD') as as_of, confirmed_by as person, act, at
     from agreement_import order by at desc limit 100`,
  );
  return rows.map(({ file_digest: fileDigest, as_of: asOf, at, ...row }) => ({
    ...row,
    fileDigest,
    asOf,
    at: at.getTime(),
  }));
}

export async function importRows(dataSource: DataSource, digest: string): Promise<ImportRow[]> {
  return dataSource.query<ImportRow[]>(
    `select line, outcome, state, agency, model, subject, why from agreement_import_row where import = $1 order by line`,
    [digest],
  );
}
