import { ReadsError } from './reads-error.js';

/** On whose behalf reads are preserved beyond their limit. */
export const HOLD_BASES = ['prosecution', 'defence', 'litigation'] as const;
export type HoldBasis = (typeof HOLD_BASES)[number];

/** What a statute lets somebody keep beyond the ordinary limit, and for how long. */
export interface HoldStatute {
  readonly code: string;
  readonly statute: string;
  readonly bases: readonly HoldBasis[];
  /** From the placing, and again from each renewal. */
  readonly days: number;
  readonly renewable: boolean;
  /** A sworn statement, affidavit or order has to be named by its digest and by who swore it. */
  readonly sworn: boolean;
}

/**
 * Statutes as summaries tell of them, none of it legal advice; an operator states its own list. Where a summary names no time
 * (Montana, Nebraska) there is none here either: a hold without an end is no hold that this program knows.
 */
export const HOLD_STATUTES: readonly HoldStatute[] = [
  {
    code: 'nc-20-183.32',
    statute: 'N.C.G.S. 20-183.32',
    bases: ['prosecution', 'litigation'],
    days: 365,
    renewable: true,
    sworn: true,
  },
  {
    code: 'vt-23-1608',
    statute: '23 V.S.A. 1608',
    bases: ['prosecution', 'defence'],
    days: 90,
    renewable: true,
    sworn: true,
  },
  {
    code: 'ut-41-6a-2005',
    statute: 'Utah Code 41-6a-2005',
    bases: ['defence'],
    days: 14,
    renewable: false,
    sworn: false,
  },
];

const MEMBERS = ['bases', 'code', 'days', 'renewable', 'statute', 'sworn'];
const MAX_DAYS = 3_660;

/**
 * An operator's own list, as JSON: `[{ code, statute, bases, days, renewable, sworn }]`.
 * @throws ReadsError `hold_statute_invalid`, naming the entry
 */
export function parseHoldStatutes(value: unknown): readonly HoldStatute[] {
  if (!Array.isArray(value) || value.length > 100) throw invalid('a list of at most 100 statutes is expected');
  const statutes = value.map((entry: unknown, index) => statuteOf(entry, `[${index}]`));
  if (new Set(statutes.map(({ code }) => code)).size < statutes.length) throw invalid('two statutes of one code');
  return statutes;
}

function statuteOf(entry: unknown, at: string): HoldStatute {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw invalid(`${at} is no object`);
  if (Object.keys(entry).toSorted().join() !== MEMBERS.join())
    throw invalid(`${at} has not the members ${MEMBERS.join(', ')}`);
  const { code, statute, bases, days, renewable, sworn } = entry as Record<string, unknown>;
  if (typeof code !== 'string' || !/^[a-z0-9][a-z0-9.-]{1,63}$/.test(code)) throw invalid(`${at}.code`);
  if (typeof statute !== 'string' || statute.trim() === '' || statute.length > 200) throw invalid(`${at}.statute`);
  if (!Array.isArray(bases) || bases.length === 0 || !bases.every(isHoldBasis)) throw invalid(`${at}.bases`);
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > MAX_DAYS) throw invalid(`${at}.days`);
  if (typeof renewable !== 'boolean' || typeof sworn !== 'boolean') throw invalid(`${at}.renewable or ${at}.sworn`);
  return { code, statute, bases, days, renewable, sworn };
}

export function isHoldBasis(value: unknown): value is HoldBasis {
  return (HOLD_BASES as readonly unknown[]).includes(value);
}

function invalid(what: string): ReadsError {
  return new ReadsError('hold_statute_invalid', `statutes of holds: ${what}`);
}
