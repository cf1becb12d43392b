import { digestOf } from '#protocol';
import document from '../vocabularies/2.json' with { type: 'json' };
import type { AgencyClass, Code, Declaration } from './codes.js';
import type { HotListSource } from './hot-list-sources.js';
import type { Offence } from './offences.js';
import type { Protection } from './scale.js';
import { byId, type Vocabulary } from './vocabulary-shape.js';

const codesOf = (pairs: readonly (readonly string[])[]): ReadonlyMap<string, Code> =>
  byId(pairs.map(([id = '', text = '']) => ({ id, text })));

interface PublishedProtection extends Omit<Protection, 'coveredBy'> {
  readonly covered_by: readonly string[];
}

/** Version 2 as it was published: the words of version 3, and of a read no more than plate, time, place and camera. */
export const VOCABULARY_2: Vocabulary = {
  version: 2,
  digest: digestOf(document),
  protections: byId(
    (document.protections as readonly PublishedProtection[]).map(
      ({ covered_by: coveredBy, ...protection }): Protection => ({
        ...protection,
        ...(coveredBy.length === 0 ? {} : { coveredBy }),
      }),
    ),
  ),
  offences: byId(document.offences as readonly Offence[]),
  kinds: byId(
    document.kinds.map(({ id, text, legal_process: legalProcess, ...rest }) => ({
      id,
      text,
      legalProcess,
      ...('pattern' in rest && { pattern: true as const }),
    })),
  ),
  purposes: codesOf(document.purposes),
  agencyClasses: byId(document.agency_classes as readonly AgencyClass[]),
  exceptions: codesOf(document.exceptions),
  legalProcess: codesOf(document.legal_process),
  bases: codesOf(document.bases),
  readFields: codesOf(document.read_fields),
  hotListSources: byId(document.hot_list_sources as readonly HotListSource[]),
  cameraOwnerClasses: codesOf(document.camera_owner_classes),
  declarations: byId(document.declarations as readonly Declaration[]),
};
