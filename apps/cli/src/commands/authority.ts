import type { Command } from 'commander';
import type { Cli } from '../ports.js';
import { addAuthorityActs } from './authority-acts.js';
import { addAuthorityEnrol } from './authority-enrol.js';
import { addAuthorityImport } from './authority-import.js';
import { addAuthorityInit } from './authority-init.js';
import { addAuthorityLooks } from './authority-looks.js';

/** Persons of an authority act by signing; applicants prove that they hold their keys; everybody may look. */
export function addAuthority(program: Command, cli: Cli): void {
  const authority = program
    .command('authority')
    .description('enrol, attest, suspend: what persons of an authority do, and what everybody may see of it')
    .addHelpText('after', HELP);
  addAuthorityInit(authority, cli);
  addAuthorityEnrol(authority, cli);
  addAuthorityActs(authority, cli);
  addAuthorityImport(authority, cli);
  addAuthorityLooks(authority, cli);
}

const HELP = `
What ends or narrows trust takes one person, at once: suspend, withdraw, revoke, withdraw-key, import-287g. What begins,
widens or restores it takes two: attest, reinstate, restate, add-person, withdraw-person are proposed by one and confirmed
by another; an enrolment is vetted by two. Every act is signed with the person's own key, kept, and public.

Examples:
  $ export COMITY_AUTHORITY=https://authority.example/jurisdictions/or COMITY_PERSON=alice COMITY_PERSON_KEY=alice.jwk
  $ comity authority suspend https://node.agency.example --reason "the audit was refused"
  $ comity authority list --waiting
  $ comity authority confirm DIGEST
  $ comity authority events`;
