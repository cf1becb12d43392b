import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { bold, dim, type Line } from './terminal.js';

/** A rule as lines: each condition with its members, and the law that the rule names for it. */
export function describeRule(rule: JsonObject, digest: string): Line[] {
  const { title, owner, version, effective_from: from } = rule;
  const sides = ['release', 'ask'].flatMap((side) => {
    const kinds = rule[side];
    return isJsonObject(kinds) ? Object.entries(kinds).flatMap(([kind, value]) => section(side, kind, value)) : [];
  });
  return [
    [bold(shown(title))],
    ...sides,
    '',
    `  owner       ${shown(owner)}`,
    `  version     ${shown(version)}, in effect from ${shown(from)}`,
    `  digest      ${digest}`,
  ];
}

function section(side: string, kind: string, conditions: JsonValue): Line[] {
  if (!isJsonObject(conditions)) return [];
  const heading = side === 'release' ? `to release ${kind}` : `to ask for ${kind}`;
  return ['', [bold(heading)], ...Object.entries(conditions).flatMap(([name, value]) => condition(name, value))];
}

function condition(name: string, value: JsonValue): Line[] {
  if (Array.isArray(value) && value.every(isJsonObject)) {
    return value.map((entry, position) => conditionLine(position === 0 ? name : '', entry));
  }
  return [isJsonObject(value) ? conditionLine(name, value) : [label(name), shown(value)]];
}

function conditionLine(name: string, { source, ...members }: JsonObject): Line {
  const text = Object.entries(members).map(([member, value]) => `${member.replaceAll('_', ' ')} ${shown(value)}`);
  return [label(name), text.join('; '), ...(source === undefined ? [] : [dim(`  [${shown(source)}]`)])];
}

function label(name: string): string {
  return `  ${name.replaceAll('_', ' ').padEnd(16)}`;
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(shown).join(', ') : JSON.stringify(value);
}
