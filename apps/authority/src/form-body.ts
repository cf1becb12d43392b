import { FederationError } from './federation-error.js';

export const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded';

/** The body of a form, still text: it is read where its fields are known. */
export class FormBody {
  constructor(readonly text: string) {}
}

/** Each field once and no other. @throws FederationError `unsupported_parameter`, `invalid_request` */
export function formFields(body: unknown, names: readonly string[]): ReadonlyMap<string, string> {
  const fields = [...new URLSearchParams(body instanceof FormBody ? body.text : '')];
  if (fields.some(([name]) => !names.includes(name))) {
    throw new FederationError('unsupported_parameter', 'a parameter is not supported here');
  }
  const read = new Map(fields);
  if (read.size !== fields.length || names.some((name) => (read.get(name) ?? '') === '')) {
    throw new FederationError('invalid_request', 'a parameter is missing, empty or repeated');
  }
  return read;
}
