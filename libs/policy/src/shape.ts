import type { JsonObject, JsonValue } from '#protocol';
import { quoted, type StrictReader } from './strict-reader.js';

/**
 * What a value of a document has to look like, said once: `read` notes every problem, `schema` says the same in JSON
 * Schema 2020-12, so that the published schema and the parser cannot drift apart.
 */
export interface Shape<T> {
  readonly read: (reader: StrictReader, value: JsonValue, path: string) => void;
  readonly schema: JsonObject;
  /** Never there: carries the type, so that a shape of another type does not compile. */
  readonly of?: T;
}

export interface OptionalShape<T> {
  readonly optional: Shape<T>;
}

type IsOptional<T, K extends keyof T> = T extends Record<K, T[K]> ? false : true;

/** A shape for every member of `T`: one that is forgotten, or of another type, is a compile error. */
export type MemberShapes<T> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true ? OptionalShape<Exclude<T[K], undefined>> : Shape<T[K]>;
};

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { optional: shape };
}

function memberShape(member: Shape<unknown> | OptionalShape<unknown>): Shape<unknown> {
  return 'optional' in member ? member.optional : member;
}

/** One object with these members and no other. */
export function objectOf<T extends object>(members: MemberShapes<T>): Shape<T> {
  const entries = Object.entries<Shape<unknown> | OptionalShape<unknown>>(members);
  const required = entries.flatMap(([name, member]) => ('optional' in member ? [] : [name]));
  const optionals = entries.flatMap(([name, member]) => ('optional' in member ? [name] : []));
  return {
    read: (reader, value, path) => {
      const object = reader.object(value, path, required, optionals);
      for (const [name, member] of entries) {
        const at = Object.hasOwn(object, name) ? object[name] : undefined;
        if (at !== undefined) memberShape(member).read(reader, at, `${path}.${name}`);
      }
    },
    schema: {
      type: 'object',
      additionalProperties: false,
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(entries.map(([name, member]) => [name, memberShape(member).schema])),
    },
  };
}

/** At least one of the members, all of them optional. */
export function someOf<T extends object>(members: MemberShapes<T>): Shape<T> {
  const shape = objectOf(members);
  return refined(
    shape,
    (reader, value, path) => {
      if (Object.keys(value as JsonObject).length === 0) reader.problem(path, 'at least one member is expected');
    },
    { minProperties: 1 },
  );
}

export function listOf<T>(entry: Shape<T>, max: number, min = 1): Shape<readonly T[]> {
  return {
    read: (reader, value, path) => {
      for (const [index, at] of reader.list(value, path, min, max).entries())
        entry.read(reader, at, `${path}[${index}]`);
    },
    schema: { type: 'array', minItems: min, maxItems: max, items: entry.schema },
  };
}

/** A list of texts without repetition. */
export function setOf(entry: Shape<string>, max: number): Shape<readonly string[]> {
  const list = listOf(entry, max);
  return {
    read: (reader, value, path) => {
      list.read(reader, value, path);
      if (!Array.isArray(value)) return;
      const seen = new Set<JsonValue>();
      for (const [index, at] of value.slice(0, max).entries()) {
        if (seen.has(at)) reader.problem(`${path}[${index}]`, `${quoted(at)} is named twice`);
        seen.add(at);
      }
    },
    schema: { ...list.schema, uniqueItems: true },
  };
}

/** One value of a closed list, character by character. */
export function oneOf<T extends string = string>(values: Iterable<T>): Shape<T> {
  const allowed = new Set<string>(values);
  return {
    read: (reader, value, path) => void reader.code(value, path, allowed),
    schema: { type: 'string', enum: [...allowed] },
  };
}

/** `expected` says in words what the pattern says. */
export function matching(pattern: RegExp, expected: string, maxLength: number): Shape<string> {
  return {
    read: (reader, value, path) => {
      if (typeof value === 'string' && value.length > maxLength)
        reader.problem(path, `longer than ${maxLength} characters`);
      else reader.matching(value, path, pattern, expected);
    },
    schema: { type: 'string', pattern: pattern.source, maxLength },
  };
}

/** Printable, in one line, not blank; counted in code points, as JSON Schema does. */
export function lineOf(max: number): Shape<string> {
  return {
    read: (reader, value, path) => void reader.line(value, path, max),
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: max,
      pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$',
    },
  };
}

export function integerFrom(min: number, max: number): Shape<number> {
  return {
    read: (reader, value, path) => void reader.integer(value, path, min, max),
    schema: { type: 'integer', minimum: min, maximum: max },
  };
}

/** Decimals are allowed; the smallest accepted value is `min`. */
export function numberFrom(min: number, max: number): Shape<number> {
  return {
    read: (reader, value, path) => {
      if (typeof value !== 'number' || !(value >= min && value <= max)) {
        reader.problem(path, `a number from ${min} to ${max} is expected`);
      }
    },
    schema: { type: 'number', minimum: min, maximum: max },
  };
}

/** `true`, or the member is left out. */
export const TRUE: Shape<true> = {
  read: (reader, value, path) => {
    if (value !== true) reader.problem(path, '`true` is expected, or no such member');
  },
  schema: { const: true },
};

/** A further condition on what `shape` accepts; `more` says it in JSON Schema as far as that can. */
export function refined<T>(shape: Shape<T>, check: Shape<T>['read'], more: JsonObject): Shape<T> {
  return {
    read: (reader, value, path) => {
      const before = reader.problems.length;
      shape.read(reader, value, path);
      // A value of a wrong shape has been refused already; what is said of its content would only confuse.
      if (reader.problems.length === before) check(reader, value, path);
    },
    schema: { ...shape.schema, ...more },
  };
}

/** One of two shapes, told apart by `isFirst`. */
export function either<A, B>(isFirst: (value: JsonValue) => boolean, first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    read: (reader, value, path) => (isFirst(value) ? first : second).read(reader, value, path),
    schema: { anyOf: [first.schema, second.schema] },
  };
}
