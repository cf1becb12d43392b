import type { AgencyClass, Code, Declaration, Kind } from './codes.js';
import type { HotListSource } from './hot-list-sources.js';
import type { Offence } from './offences.js';
import type { Protection } from './scale.js';

/** The closed lists that rules and facts are written in. A rule pins the digest of the one it was written for. */
export interface Vocabulary {
  readonly version: number;
  readonly digest: string;
  readonly protections: ReadonlyMap<string, Protection>;
  readonly offences: ReadonlyMap<string, Offence>;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly purposes: ReadonlyMap<string, Code>;
  readonly agencyClasses: ReadonlyMap<string, AgencyClass>;
  readonly exceptions: ReadonlyMap<string, Code>;
  /** In order, weakest first. */
  readonly legalProcess: ReadonlyMap<string, Code>;
  readonly bases: ReadonlyMap<string, Code>;
  readonly readFields: ReadonlyMap<string, Code>;
  readonly hotListSources: ReadonlyMap<string, HotListSource>;
  readonly cameraOwnerClasses: ReadonlyMap<string, Code>;
  readonly declarations: ReadonlyMap<string, Declaration>;
}

export function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
