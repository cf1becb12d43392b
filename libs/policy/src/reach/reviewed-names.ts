import type { JsonValue } from '#protocol';
import { PolicyError } from '../policy-error.js';
import { StrictReader } from '../strict-reader.js';
import { ORGANISATION_CLASSES, type OrganisationClass } from './organisation-class.js';

export const REVIEWED_NAMES_SCHEMA = 'comity-reviewed-names/v1';

/** What a person has settled about names that no rule of spelling can. */
export interface ReviewedNames {
  readonly agreements: readonly {
    /** As the published list writes it. */
    readonly listed: { readonly state: string; readonly agency: string };
    /** As the vendor writes it; `null`: looked for, and it is none of the organisations. */
    readonly organisation: string | null;
  }[];
  readonly classes: readonly { readonly organisation: string; readonly classes: readonly OrganisationClass[] }[];
}

export const NOTHING_REVIEWED: ReviewedNames = { agreements: [], classes: [] };

/**
 * `{schema, reviewed_by, reviewed_on, agreements: [{state, agency, organisation | null, why}], classes: [{organisation,
 * classes, why}]}`: each entry says why, because the next reader has to be able to disagree.
 *
 * @throws PolicyError `reach_malformed`, with every problem
 */
export function parseReviewedNames(document: JsonValue): ReviewedNames {
  const reader = new StrictReader();
  const members = ['schema', 'reviewed_by', 'reviewed_on', 'agreements', 'classes'];
  const file = reader.object(document, 'names', members, []);
  reader.code(file['schema'], 'schema', new Set([REVIEWED_NAMES_SCHEMA]));
  reader.line(file['reviewed_by'], 'reviewed_by', 200);
  reader.matching(file['reviewed_on'], 'reviewed_on', /^\d{4}-\d{2}-\d{2}$/, 'a day');
  const agreements = reader.list(file['agreements'], 'agreements', 0, 10_000).map((value, index) => {
    const path = `agreements[${index}]`;
    const entry = reader.object(value, path, ['state', 'agency', 'organisation', 'why'], []);
    reader.line(entry['why'], `${path}.why`, 500);
    const state = reader.matching(entry['state'], `${path}.state`, /^[A-Z]{2}$/, 'a USPS code');
    const listed = { state, agency: reader.line(entry['agency'], `${path}.agency`, 300) };
    const { organisation } = entry;
    return {
      listed,
      organisation: organisation === null ? null : reader.line(organisation, `${path}.organisation`, 300),
    };
  });
  const classes = reader.list(file['classes'], 'classes', 0, 10_000).map((value, index) => {
    const path = `classes[${index}]`;
    const entry = reader.object(value, path, ['organisation', 'classes', 'why'], []);
    reader.line(entry['why'], `${path}.why`, 500);
    const organisation = reader.line(entry['organisation'], `${path}.organisation`, 300);
    const named = reader.list(entry['classes'], `${path}.classes`, 0, 10);
    named.forEach((id, at) => reader.code(id, `${path}.classes[${at}]`, ORGANISATION_CLASSES));
    return { organisation, classes: named as OrganisationClass[] };
  });
  if (reader.problems.length > 0) throw new PolicyError('reach_malformed', reader.problems);
  return { agreements, classes };
}
