import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an authority keeps beside its register: the status of everything it issued, its signed events, keys over time, the
 * persons who act for it with what they signed, requests for enrolment with their vetting, and imports of the 287(g) list.
 *
 * A status index belongs to one enrolment or one mark for good, and `status_list.version` moves with every value, so that
 * whoever signs a list knows whether an older one still says the same. An index that is revoked is never anything else again.
 */
export class AuthorityTrust1795305600130 implements MigrationInterface {
  name = 'AuthorityTrust1795305600130';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
    await runner.query('alter table attested_protection drop column status_index, drop column details');
    await runner.query(`drop index enrolled_entity_ledger`);
    await runner.query(
      `alter table enrolled_entity drop column status_index, drop column assurance, drop column expires_at`,
    );
  }
}

const TABLES = [
  'authority_identity',
  'status_list',
  'status_entry',
  'federation_key',
  'authority_event',
  'authority_person',
  'authority_act',
  'enrolment_request',
  'enrolment_vetting',
  'agreement_import',
  'agreement_import_row',
] as const;

const STATEMENTS = [
  `create table authority_identity (
     anchor text primary key,
     name text not null,
     notice text,
     imported_at timestamptz(3) not null
   )`,
  `create table status_list (
     issuer text primary key,
     version bigint not null default 0,
     size bigint not null default 0 check (size >= 0)
   )`,
  `create table status_entry (
     issuer text not null references status_list,
     idx bigint not null check (idx >= 0),
     subject text not null,
     mark_type text,
     value smallint not null default 0 check (value in (0, 1, 2)),
     reason text,
     changed_at timestamptz(3) not null,
     primary key (issuer, idx)
   )`,
  `create index status_entry_not_valid on status_entry (issuer, idx) where value <> 0`,
  `create function refuse_return_of_status() returns trigger language plpgsql as $$
   begin
     raise exception 'a revoked status is final' using errcode = 'integrity_constraint_violation';
   end $$`,
  `create trigger status_entry_revoked_is_final before update on status_entry
   for each row when (old.value = 1 and new.value <> 1) execute function refuse_return_of_status()`,

  `alter table enrolled_entity drop constraint enrolled_entity_entity_type_check`,
  `alter table enrolled_entity add check (entity_type in
     ('comity_jurisdiction', 'comity_agency', 'comity_broker', 'comity_auditor', 'federation_entity'))`,
  `alter table enrolled_entity
     add column status_index bigint, add column assurance text, add column expires_at timestamptz(3)`,
  `update enrolled_entity e set status_index = n.idx, assurance = 'unstated' from (
     select id, row_number() over (partition by superior order by id) - 1 as idx from enrolled_entity) n
   where n.id = e.id`,
  `alter table enrolled_entity alter column status_index set not null, alter column assurance set not null`,
  `create index enrolled_entity_ledger on enrolled_entity ((stated -> 'ledger' ->> 'origin'))
   where withdrawn_at is null and stated -> 'ledger' is not null`,
  `alter table attested_protection add column status_index bigint, add column details jsonb not null default '{}'`,
  `update attested_protection a set status_index = n.idx from (
     select id, (select count(*) from enrolled_entity e where e.superior = issuer)
       + row_number() over (partition by issuer order by id) - 1 as idx from attested_protection) n
   where n.id = a.id`,
  `alter table attested_protection alter column status_index set not null`,
  `insert into status_list (issuer, size)
     select issuer, max(idx) + 1 from (
       select superior as issuer, status_index as idx from enrolled_entity
       union all select issuer, status_index from attested_protection) held group by issuer`,
  `insert into status_entry (issuer, idx, subject, mark_type, value, changed_at)
     select superior, status_index, entity_id, null, case when withdrawn_at is null then 0 else 1 end, enrolled_at
       from enrolled_entity
     union all
     select issuer, status_index, subject, mark_type, case when withdrawn_at is null then 0 else 1 end, attested_at
       from attested_protection`,

  // One key, one holder, for ever: also a key that was withdrawn comes back to nobody else.
  `create table federation_key (
     kid text primary key,
     holder text not null,
     jwk jsonb not null,
     published_at timestamptz(3) not null,
     retire_at timestamptz(3),
     revoked_at timestamptz(3),
     reason text check (reason in ('unspecified', 'compromised', 'superseded')),
     check ((revoked_at is null) = (reason is null))
   )`,
  `create index federation_key_holder on federation_key (holder)`,
  `insert into federation_key (kid, holder, jwk, published_at)
     select distinct on (key ->> 'kid') key ->> 'kid', entity_id, key, enrolled_at
     from enrolled_entity, jsonb_array_elements(jwks -> 'keys') key
     where withdrawn_at is null and key ->> 'kid' is not null order by key ->> 'kid', id desc`,

  `create table authority_event (
     issuer text not null,
     seq bigint not null check (seq > 0),
     kind text not null,
     subject text not null,
     at timestamptz(3) not null,
     digest text not null,
     token text not null,
     primary key (issuer, seq)
   )`,
  `create index authority_event_subject on authority_event (subject)`,

  `create table authority_person (
     name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
     kid text not null unique,
     jwk jsonb not null,
     added_at timestamptz(3) not null,
     withdrawn_at timestamptz(3)
   )`,
  `create table authority_act (
     digest text primary key,
     person text not null references authority_person,
     jti text not null,
     act text not null,
     issuer text not null,
     subject text not null,
     token text not null,
     state text not null check (state in ('proposed', 'done', 'refused')),
     at timestamptz(3) not null,
     confirmed_by text references authority_person check (confirmed_by <> person),
     result jsonb,
     unique (person, jti)
   )`,

  `create table enrolment_request (
     id text primary key,
     superior text not null,
     entity_id text not null,
     entity_type text not null,
     requested jsonb not null,
     jwks jsonb not null,
     proofs jsonb not null,
     received_at timestamptz(3) not null,
     state text not null check (state in ('waiting', 'enrolled', 'refused')),
     decided_at timestamptz(3),
     check ((state = 'waiting') = (decided_at is null))
   )`,
  `create unique index enrolment_request_waiting on enrolment_request (superior, entity_id) where state = 'waiting'`,
  `create table enrolment_vetting (
     request text not null references enrolment_request,
     person text not null references authority_person,
     verdict text not null check (verdict in ('approve', 'refuse')),
     assurance text,
     finding text not null,
     act text not null references authority_act,
     at timestamptz(3) not null,
     primary key (request, person)
   )`,

  `create table agreement_import (
     digest text primary key,
     file_digest text not null,
     issuer text not null,
     as_of date not null,
     confirmed_by text not null references authority_person,
     act text not null references authority_act,
     at timestamptz(3) not null
   )`,
  `create table agreement_import_row (
     import text not null references agreement_import,
     line integer not null,
     outcome text not null check (outcome in ('matched', 'unsure', 'unmatched', 'not_enrolled', 'malformed')),
     state text not null,
     agency text not null,
     model text not null,
     subject text,
     why text not null,
     primary key (import, line)
   )`,
];
