import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is enrolled and what is attested. A change withdraws a row and adds another, so that what was true at an instant can
 * be told later; at most one row of a name is in force.
 */
export class AuthorityRegister1795305600030 implements MigrationInterface {
  name = 'AuthorityRegister1795305600030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table enrolled_entity (
        id bigint generated always as identity primary key,
        entity_id text not null,
        superior text not null check (superior <> entity_id),
        entity_type text not null check (entity_type in ('comity_jurisdiction', 'comity_agency', 'comity_broker')),
        stated jsonb not null,
        jwks jsonb not null,
        constraints jsonb not null,
        digest text not null,
        enrolled_at timestamptz(3) not null,
        withdrawn_at timestamptz(3),
        check (withdrawn_at >= enrolled_at)
      )`);
    await runner.query(`
      create unique index enrolled_entity_in_force on enrolled_entity (entity_id) where withdrawn_at is null`);
    await runner.query(
      `create index enrolled_entity_superior on enrolled_entity (superior) where withdrawn_at is null`,
    );
    await runner.query(`
      create table attested_protection (
        id bigint generated always as identity primary key,
        issuer text not null,
        subject text not null,
        mark_type text not null,
        statute text not null,
        text_digest text not null check (text_digest ~ '^[A-Za-z0-9_-]{43}$'),
        basis text not null check (basis in ('statute', 'policy', 'declaration')),
        effective_from timestamptz(3) not null,
        effective_until timestamptz(3) check (effective_until > effective_from),
        binds text[] not null,
        digest text not null,
        attested_at timestamptz(3) not null,
        withdrawn_at timestamptz(3),
        check (withdrawn_at >= attested_at)
      )`);
    await runner.query(`
      create unique index attested_protection_in_force on attested_protection (subject, mark_type, issuer)
      where withdrawn_at is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table attested_protection');
    await runner.query('drop table enrolled_entity');
  }
}
