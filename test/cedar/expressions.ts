/** Cedar text, put together from parts that are whole expressions themselves. */
export type Expression = string;

export const TRUE: Expression = 'true';
export const FALSE: Expression = 'false';

export function all(parts: readonly Expression[]): Expression {
  return parts.length === 0 ? TRUE : `(${parts.join(' && ')})`;
}

export function any(parts: readonly Expression[]): Expression {
  return parts.length === 0 ? FALSE : `(${parts.join(' || ')})`;
}

export function not(part: Expression): Expression {
  return `!(${part})`;
}

export function either(test: Expression, yes: Expression, no: Expression): Expression {
  return yes === no ? yes : `(if ${test} then ${yes} else ${no})`;
}

export function text(value: string): Expression {
  return JSON.stringify(value);
}

export function set(values: Iterable<string>): Expression {
  return `[${[...values].map(text).join(', ')}]`;
}

/** `record has member`, along a path of members: Cedar errs on a member that is not there, and a policy that errs is skipped. */
export function has(record: Expression, member: string): Expression {
  return `${record} has ${member}`;
}

/** A member of the request that is known, and is one of these. */
export function oneOf(member: string, values: Iterable<string>): Expression {
  return all([has('context', member), `${set(values)}.contains(context.${member})`]);
}

export function isTrue(member: string): Expression {
  return all([has('context', member), `context.${member}`]);
}
