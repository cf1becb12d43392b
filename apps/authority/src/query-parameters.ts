import type { FastifyRequest } from 'fastify';
import { parseEntityId, TrustError } from '#trust';
import { FederationError } from './federation-error.js';

const MAX_PARAMETER = 1_024;
const MAX_REPEATED = 16;

/** What an endpoint takes; everything else is refused, because it might have meant something that is not done here. */
export interface ParameterNames {
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  /** Those that may come several times. */
  readonly repeated?: readonly string[];
}

/** The parameters of a request, each known, not empty, and no longer than an entity id can be. */
export class QueryParameters {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  /** @throws FederationError `unsupported_parameter`, `invalid_request` */
  constructor(
    query: Readonly<Record<string, unknown>>,
    { required = [], optional = [], repeated = [] }: ParameterNames,
  ) {
    const known = [...required, ...optional, ...repeated];
    const entries = Object.entries(query);
    if (entries.some(([name]) => !known.includes(name))) {
      throw new FederationError('unsupported_parameter', 'a parameter is not supported here');
    }
    for (const name of required) {
      if (!(name in query)) throw new FederationError('invalid_request', `the parameter \`${name}\` is missing`);
    }
    this.#values = new Map(entries.map(([name, value]) => [name, textsOf(value, repeated.includes(name))]));
  }

  static of(request: FastifyRequest, names: ParameterNames): QueryParameters {
    return new QueryParameters(request.query as Record<string, unknown>, names);
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  texts(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw new FederationError('invalid_request', `\`${name}\` is neither \`true\` nor \`false\``);
  }

  /** A whole number from `min` to `max`. */
  count(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^(0|[1-9]\d{0,14})$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    throw new FederationError('invalid_request', `\`${name}\` is not a whole number from ${min} to ${max}`);
  }

  /** @throws FederationError `invalid_subject` where it is none */
  entityId(name: string): string {
    try {
      return parseEntityId(this.text(name) ?? '').id;
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      throw new FederationError('invalid_subject', `\`${name}\` is not an entity id`, 400);
    }
  }
}

function textsOf(value: unknown, repeated: boolean): readonly string[] {
  const texts: unknown[] = Array.isArray(value) && repeated ? value : [value];
  if (texts.length > MAX_REPEATED) throw odd();
  return texts.map((text) => {
    if (typeof text !== 'string' || text === '' || text.length > MAX_PARAMETER) throw odd();
    return text;
  });
}

function odd(): FederationError {
  return new FederationError('invalid_request', 'a parameter is empty, repeated or too long');
}
