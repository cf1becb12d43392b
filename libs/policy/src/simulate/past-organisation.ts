import { textOf } from './past-search.js';
import type { AuditCell } from './audit-cell.js';

/** What is known about an organisation that searched: from a reviewed list, else from the state in its name. */
export interface PastOrganisation {
  /** As the export writes it. */
  readonly name: string;
  /** USPS code. */
  readonly state: string | undefined;
  /** A class of the vocabulary. */
  readonly agencyClass: string | undefined;
}

/** By the name or slug that stands in exports, in lower case. */
export type OrganisationList = ReadonlyMap<string, { readonly state?: string; readonly agencyClass?: string }>;

/** `Example CA PD`, `alameda-ca-pd`, `newport-beach-pd-ca`: the state stands before or after what kind of agency it is. */
const STATE = /(?:^|[\s-])([a-z]{2})(?=[\s-]+(?:pd|so|sd|sp|da|police|sheriff)\b|$)/iu;

const STATES = new Set(
  `AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD
   TN TX UT VT VA WA WV WI WY`.split(/\s+/u),
);

/** No guess beyond the name: an organisation that stands in no list and names no state is unknown, and its law with it. */
export function organisationOf(cell: AuditCell, list: OrganisationList): PastOrganisation {
  const name = textOf(cell);
  const listed = list.get(name.toLowerCase());
  const code = STATE.exec(name)?.[1]?.toUpperCase();
  const state = listed?.state ?? (code !== undefined && STATES.has(code) ? code : undefined);
  return { name, state, agencyClass: listed?.agencyClass };
}

/** The class that a register of agencies means by a role and a type; `undefined` for what belongs to none. */
export function classOfRole(role: string, type: string): string | undefined {
  switch (role) {
    case 'police':
      if (type === 'city') return 'municipal-police';
      if (type === 'county') return 'county-sheriff';
      return type === 'federal' ? 'federal-agency' : type === 'private' ? 'private-police' : undefined;
    case 'sheriff':
      return type === 'county' ? 'county-sheriff' : undefined;
    case 'highway_patrol':
      return 'state-police';
    case 'da':
      return 'prosecutor';
    case 'tribal':
      return 'tribal-police';
    case 'campus_safety':
      return type === 'university' ? 'campus-police' : 'private-police';
    case 'hoa':
    case 'business':
    case 'vendor':
      return 'private-police';
    case 'intelligence':
      return 'fusion-centre';
    default:
      return undefined;
  }
}
