import { isJsonObject, parseStrictJson, type HttpResponse, type JsonObject } from '#protocol';
import { CliError } from './cli-error.js';

const ENROLLED = 'who is enrolled: comity authority list; what became of somebody: comity authority events';
const ANEW = 'correct what you gave, and try again';

/** What a person can do about a refusal that its status alone does not tell. */
const REMEDIES: Readonly<Record<string, string>> = {
  not_found: ENROLLED,
  not_enrolled: ENROLLED,
  not_active: 'what holds now: comity authority status ENTITY',
  not_suspended: 'what holds now: comity authority status ENTITY',
  no_such_mark: 'the types of the marks in force: comity trust explain ENTITY --json',
  no_such_request: 'what waits for a person: comity authority list --waiting',
  no_such_act: 'what waits for a person: comity authority list --waiting',
  act_not_proposed: 'what waits for a person: comity authority list --waiting',
  import_changed: 'run it without --confirm, look at what it shows now, and confirm that',
  last_key: 'comity authority suspend ENTITY, or comity authority roll-key of its operator first',
};

/** An authority’s problem document, for the person at the terminal. */
export function refusalOf({ status, body }: HttpResponse, maxBytes: number): CliError {
  const problem = objectIn(body, maxBytes) ?? {};
  const text = (member: string) => (typeof problem[member] === 'string' ? problem[member] : undefined);
  const code = text('code') ?? text('error');
  const said = text('title') ?? text('error_description') ?? `the authority answered ${status}`;
  const { message, details } = readable(said, text('detail'));
  const more = { ...(code !== undefined && { problem: code }), details };
  const remedy = code === undefined ? undefined : REMEDIES[code];
  switch (status) {
    case 400:
    case 413:
    case 422:
      return new CliError('usage', message, { ...more, remedy: ANEW });
    case 401:
      return new CliError('not_signed_in', 'the authority does not know that person with that key', {
        ...more,
        remedy: 'check --person, --key and the clock of this machine',
      });
    case 403:
      return new CliError('refused', message, { ...more, remedy: 'another person has to do that' });
    case 503:
      return new CliError('unreachable', message, { ...more, remedy: 'try again in a moment' });
    default:
      return new CliError('refused', message, { ...more, ...(remedy !== undefined && { remedy }) });
  }
}

const GRAMMAR = /^(.*?)(?:: )?not acceptable: (.+)$/s;

/** The members that an authority found wrong, each once, in place of the names of its checks. */
function readable(said: string, detail: string | undefined): { message: string; details: string[] } {
  const [text, before, faults] = GRAMMAR.exec(detail ?? '') ?? GRAMMAR.exec(said) ?? [];
  if (text === undefined || faults === undefined) {
    return { message: said, details: detail === undefined || detail === said ? [] : [detail] };
  }
  const members = [...new Set(faults.split('; ').map((fault) => /^`(.*)` fails /.exec(fault)?.[1] ?? fault))];
  const unknown = members.filter((member) => member.endsWith('(unknown member)')).length;
  const wrong = members.length - unknown;
  return {
    message: text === said ? (before === '' ? 'what you gave is not in its form' : (before ?? said)) : said,
    details: [
      ...members
        .filter((member) => !member.endsWith('(unknown member)'))
        .map((member) => `\`${member}\` is missing, or not in its form`),
      ...(unknown === 0
        ? []
        : [wrong === 0 ? 'it has members that do not belong there' : 'and members that do not belong there']),
    ],
  };
}

export function objectIn(body: string, maxBytes: number): JsonObject | undefined {
  try {
    const document = parseStrictJson(body, { maxBytes });
    return isJsonObject(document) ? document : undefined;
  } catch {
    // A proxy, or another server: the caller says that it is none of Comity's.
    return undefined;
  }
}
