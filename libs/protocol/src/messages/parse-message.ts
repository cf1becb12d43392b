import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ProtocolError } from '../errors.js';
import { isJsonObject, type JsonValue } from '../strict-json.js';

/**
 * Reads a JSON value as one of our message classes: unknown members, wrong types and missing members are refused, all
 * named at once by their path. Only for values that came through `parseStrictJson` (class-transformer recurses).
 *
 * @throws ProtocolError `malformed_body`
 */
export function parseMessage<T extends object>(type: new () => T, value: JsonValue): T {
  if (!isJsonObject(value)) throw new ProtocolError('malformed_body', 'an object is expected');
  const message = plainToInstance(type, value, { enableImplicitConversion: false, exposeDefaultValues: false });
  const errors = validateSync(message, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) {
    throw new ProtocolError('malformed_body', `not acceptable: ${describe(errors, '').slice(0, 20).join('; ')}`);
  }
  return message;
}

/** Paths and rules only: a value may be a plate, and an error text goes to logs and to the other side. */
function describe(errors: readonly ValidationError[], path: string): string[] {
  return errors.flatMap((error) => {
    const here = path === '' ? nameOf(error) : `${path}.${nameOf(error)}`;
    const rules = Object.keys(error.constraints ?? {}).map((rule) => `\`${here}\` fails ${rule}`);
    return [...rules, ...describe(error.children ?? [], here)];
  });
}

/** A name that no class declares is the sender's text: it may be a plate. */
function nameOf(error: ValidationError): string {
  return error.constraints && 'whitelistValidation' in error.constraints ? '(unknown member)' : error.property;
}
