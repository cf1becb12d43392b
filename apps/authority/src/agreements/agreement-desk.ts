import { inflateSync } from 'node:zlib';
import type { EntityManager } from 'typeorm';
import { decodeBase64url, digestOf, digestOfText, type JsonObject } from '#protocol';
import { parseProtectionMarkType, protectionMarkType, TrustError } from '#trust';
import type { ImportAgreementsAct } from '../acts/act-shapes.js';
import type { Perform, Performance } from '../acts/acts-desk.js';
import type { RecordedEvent } from '../event-feed.js';
import type { RegisterChanges } from '../register-changes.js';
import { RegisterRefusal } from '../register-refusal.js';
import type { Authority } from '../statement-desk.js';
import { agreementRows, readEnrolledAgencies, storeImport } from './agreement-imports.store.js';
import { calendarDay, parseAgreementList, type AgreementRow } from './agreement-list.js';
import { matchAgreements, type Alias, type Place } from './match-agreements.js';
import { countOutcomes, planAgreements, type AgreementEffect, type AgreementPlan } from './plan-agreements.js';

const PROTECTION = 'agreement-287g';
/** A list of that many agreements is thirty times today's; more is a bomb. */
const MAX_LIST_BYTES = 4 * 1_024 * 1_024;
const MAX_REVIEWED = 5_000;

/** Imports of the published federal list: shown first, done when a person confirms what was shown. */
export class AgreementDesk {
  constructor(
    private readonly anchor: string,
    private readonly changes: RegisterChanges,
    private readonly authorityOf: (entityId: string) => Authority | undefined,
    private readonly superiors: () => readonly string[],
  ) {}

  /**
   * Matches the list with the register of this moment. Without `confirm`, or where what is confirmed is not what would be
   * done now, nothing changes.
   *
   * @throws RegisterRefusal `act_refused` for what is no list, `import_changed`
   */
  async take(act: ImportAgreementsAct, performance: Performance): ReturnType<Perform> {
    const { manager } = performance;
    // The list of a day to come would begin its marks at a day to come.
    const day = calendarDay(act.as_of);
    if (day === undefined || Date.parse(`${day}T00:00:00Z`) > performance.at) {
      throw refused('the day of the list is in no calendar, or still to come');
    }
    const { plan, list } = await this.#plan(act, performance);
    const summary: JsonObject = { digest: plan.digest, as_of: act.as_of, counts: countOutcomes(plan.matches) };
    const shown: JsonObject = { ...summary, ...documentOf(plan) };
    if (act.confirm === undefined) return { result: { ...summary, changed: 0 }, shown, events: [] };
    if (act.confirm !== plan.digest) {
      throw new RegisterRefusal('import_changed', 'the register or the list is not what was shown: look at it again');
    }
    await storeImport(manager, {
      digest: plan.digest,
      fileDigest: list,
      issuer: performance.authority.entityId,
      asOf: act.as_of,
      person: performance.person,
      act: performance.acts[0] ?? '',
      at: performance.at,
      rows: agreementRows(plan),
    });
    const events: RecordedEvent[] = [];
    for (const effect of plan.effects) events.push(...(await this.#apply(effect, act.as_of, performance)));
    return { result: { ...summary, changed: plan.effects.length }, shown, events };
  }

  async #plan(
    act: ImportAgreementsAct,
    { manager, authority }: Performance,
  ): Promise<{ plan: AgreementPlan; list: string }> {
    const text = inflate(act.list);
    const aliases = act.aliases.map(readAlias);
    const places = act.places.map(readPlace);
    if (aliases.length > MAX_REVIEWED || places.length > MAX_REVIEWED) throw refused('too many aliases or places');
    const superiors = authority.entityId === this.anchor ? this.superiors() : [authority.entityId];
    // Two imports at once would each revoke what the other issued.
    await manager.query(`select pg_advisory_xact_lock(hashtext('imports of agreements'))`);
    const enrolled = await readEnrolledAgencies(manager, superiors);
    const rows = listRows(text);
    const marks = await this.#marks(manager, superiors);
    const source = {
      list: digestOfText(text),
      as_of: act.as_of,
      aliases: digestOf(act.aliases),
      places: digestOf(act.places),
      issuer: authority.entityId,
    };
    const matches = matchAgreements(rows, { enrolled, aliases, places });
    return { plan: planAgreements(matches, { marks, source }), list: source.list };
  }

  async #marks(manager: EntityManager, superiors: readonly string[]) {
    const rows = await manager.query<{ subject: string; mark_type: string }[]>(
      `select subject, mark_type from attested_protection
       where issuer = any($1) and withdrawn_at is null and mark_type like $2 order by subject, mark_type`,
      [[...superiors], `${this.anchor}/protections/${PROTECTION}/%`],
    );
    return rows.map(({ subject, mark_type: markType }) => {
      const { level } = parseProtectionMarkType(this.anchor, markType);
      return { subject, markType, level };
    });
  }

  async #apply(effect: AgreementEffect, asOf: string, performance: Performance): Promise<RecordedEvent[]> {
    const authority = this.authorityOf(effect.superior);
    if (!authority) throw refused('an agency of an authority that is not here');
    const change = { ...performance, authority };
    const events: RecordedEvent[] = [];
    const { subject, issue } = effect;
    for (const markType of effect.revoke) {
      const reason = issue === undefined ? 'the federal list may name it' : 'the federal list names it';
      events.push(await this.changes.revokeMark(change, subject, markType, reason));
    }
    if (issue === undefined) return events;
    const statute = `8 U.S.C. 1357(g); federal list of participating agencies as of ${asOf}`;
    events.push(
      await this.changes.issueMark(
        change,
        {
          issuer: authority.entityId,
          subject,
          markType: protectionMarkType(this.anchor, { protection: PROTECTION, level: issue, version: '1' }),
          statute,
          textDigest: digestOfText(`${statute} ${effect.why}`),
          basis: 'declaration',
          effectiveFrom: Date.parse(`${effect.since ?? asOf}T00:00:00Z`),
          effectiveUntil: null,
          binds: [],
        },
        { found_by: effect.why },
      ),
    );
    return events;
  }
}

function documentOf({ matches, effects, noLongerListed }: AgreementPlan): JsonObject {
  return {
    rows: matches.map(({ row, outcome, subjects, why }) => ({
      line: row.line,
      state: row.state ?? row.stateText,
      agency: row.agency,
      model: row.model ?? row.modelText,
      signed: row.signed ?? null,
      outcome,
      subjects: subjects.map(({ entityId, name, ori }) => ({ entity_id: entityId, name, ori })),
      why,
    })),
    effects: effects.map(({ subject, superior, revoke, issue, why }) => ({
      subject,
      superior,
      revoke: [...revoke],
      issue: issue ?? null,
      why,
    })),
    no_longer_listed: [...noLongerListed],
  };
}

function listRows(text: string): AgreementRow[] {
  try {
    return parseAgreementList(text);
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : 'it is no list', cause);
  }
}

function inflate(list: string): string {
  try {
    const bytes = inflateSync(decodeBase64url(list), { maxOutputLength: MAX_LIST_BYTES });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refused('the list is not UTF-8 in zlib in base64url', cause);
  }
}

function readAlias(value: unknown): Alias {
  const [state, name, ori, ...others] = Array.isArray(value) ? (value as unknown[]) : [];
  const isOri = ori === null || (typeof ori === 'string' && /^[A-Z0-9]{9}$/.test(ori));
  if (others.length > 0 || !isState(state) || typeof name !== 'string' || !isOri) throw refused('an alias is odd');
  return [state, name, ori];
}

function readPlace(value: unknown): Place {
  const [state, name, fips, ...others] = Array.isArray(value) ? (value as unknown[]) : [];
  const isFips = typeof fips === 'string' && /^\d{5}(\d\d)?$/.test(fips);
  if (others.length > 0 || !isState(state) || typeof name !== 'string' || !isFips) throw refused('a place is odd');
  return [state, name, fips];
}

function isState(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value);
}

function refused(message: string, cause?: unknown): RegisterRefusal {
  return new RegisterRefusal('act_refused', message, { cause: cause instanceof TrustError ? undefined : cause });
}
