import { canonicalJson, isJsonObject, type JsonValue } from '#protocol';
import type { Rule } from '../rule.js';

/** One place at which two rules differ, the smallest that still makes sense. */
export interface ChangedClause {
  readonly path: string;
  /** `null` where the clause is new, or gone. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** Entries of these lists are the same clause where this member is the same, wherever they stand. */
const NAMED_BY: Readonly<Record<string, string>> = { require: 'protection', tiers: 'name', forbid: 'name' };

/** What stands differently in two documents; whether it gives more or less is another question. */
export function changedClauses(before: Rule, after: Rule): readonly ChangedClause[] {
  return changed('', before as unknown as JsonValue, after as unknown as JsonValue);
}

function changed(path: string, a: JsonValue, b: JsonValue): ChangedClause[] {
  if (canonicalJson(a) === canonicalJson(b)) return [];
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) => changed(path === '' ? name : `${path}.${name}`, a[name] ?? null, b[name] ?? null));
  }
  const naming = NAMED_BY[path.split('.').at(-1) ?? ''];
  if (naming !== undefined && Array.isArray(a) && Array.isArray(b)) {
    const byName = (list: readonly JsonValue[]) => new Map(list.map((entry) => [nameOf(entry, naming), entry]));
    const [first, second] = [byName(a), byName(b)];
    return [...new Set([...first.keys(), ...second.keys()])].flatMap((name) =>
      changed(`${path}[${name}]`, first.get(name) ?? null, second.get(name) ?? null),
    );
  }
  return [{ path, before: a, after: b }];
}

function nameOf(entry: JsonValue, naming: string): string {
  return isJsonObject(entry) && typeof entry[naming] === 'string' ? entry[naming] : '?';
}
