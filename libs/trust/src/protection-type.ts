import { TrustError } from './trust-error.js';

/** What one type of trust mark attests: one protection at one level, in one version of its meaning. */
export interface ProtectionType {
  readonly protection: string;
  readonly level: string;
  readonly version: string;
}

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
const PATH = new RegExp(`^/protections/(?<protection>${SEGMENT})/(?<level>${SEGMENT})/(?<version>[1-9][0-9]{0,5})$`);

/** `<anchor>/protections/<protection>/<level>/<version>`. */
export function protectionMarkType(anchor: string, type: ProtectionType): string {
  const url = `${anchor}/protections/${type.protection}/${type.level}/${type.version}`;
  parseProtectionMarkType(anchor, url);
  return url;
}

/**
 * Reads a mark type below `anchor`. Another anchor's type is unknown here, even where it reads alike.
 *
 * @throws TrustError `mark_type_unknown`
 */
export function parseProtectionMarkType(anchor: string, url: string): ProtectionType {
  const groups = url.startsWith(anchor) ? PATH.exec(url.slice(anchor.length))?.groups : undefined;
  const { protection, level, version } = groups ?? {};
  if (!protection || !level || !version) {
    throw new TrustError('mark_type_unknown', 'not a protection of this anchor');
  }
  return { protection, level, version };
}

/** An agency's attested absence of a 287(g) agreement (8 U.S.C. 1357(g)). Only attested absence improves a level. */
export const AGREEMENT_287G = { protection: 'agreement-287g', absent: 'none' } as const;
