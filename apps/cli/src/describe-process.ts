import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { warn, type Line } from './terminal.js';

/** What a supervisor reads of an order or warrant before approving: who answers for it, and what it allows. */
export function describeProcess(document: JsonObject): Line[] {
  const { signed_by: by, issuer, court, window } = document;
  const from =
    by === 'court'
      ? `signed by ${text(issuer)}`
      : warn(`attested by the agency alone; of ${text(court)}, which signed nothing here`);
  return [
    ['  process    ', text(document['class']), ', docket ', text(document['docket']), ', ', from],
    ['             ', `case ${text(document['case_number'])}, judge ${text(document['judge'])}`],
    ['             ', `valid from ${text(document['valid_from'])} until ${text(document['valid_until'])}`],
    ['             ', `plates ${listed(document['plates'])}; kinds ${listed(document['kinds'])}`],
    ['             ', `reads ${windowOf(window)}; places ${placesOf(document['areas'])}`],
    ['             ', `offences ${listed(document['offences'])}; uses ${usesOf(document['uses'])}`],
  ];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function listed(value: JsonValue | undefined): string {
  return Array.isArray(value) ? value.map(text).join(' ') : text(value);
}

function windowOf(value: JsonValue | undefined): string {
  return isJsonObject(value) ? `from ${text(value['from'])} until ${text(value['until'])}` : 'of any time';
}

function placesOf(value: JsonValue | undefined): string {
  return Array.isArray(value) ? `${value.length} named` : text(value);
}

function usesOf(value: JsonValue | undefined): string {
  return typeof value === 'number' ? String(value) : text(value);
}
