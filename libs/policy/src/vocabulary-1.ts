import { digestOf } from '#protocol';
import document from '../vocabularies/1.json' with { type: 'json' };
import type { Code } from './codes.js';
import type { Offence } from './offences.js';
import type { Level } from './scale.js';
import { byId, type Vocabulary } from './vocabulary-shape.js';

type Pairs = readonly (readonly string[])[];

const codesOf = (pairs: Pairs): ReadonlyMap<string, Code> => byId(pairs.map(([id = '', text = '']) => ({ id, text })));

type Row = readonly (string | number | boolean | null)[];

function levelOfRow([id, text, seconds]: Row): Level {
  return { id: String(id), text: String(text), ...(typeof seconds === 'number' && { seconds }) };
}

function offenceOfRow([id, text, immigration, catchAll, retired]: Row): Offence {
  return {
    id: String(id),
    text: String(text),
    // Group B of NIBRS is what begins with 90; the published words of version 1 do not repeat it.
    group: String(id).startsWith('90') ? 'B' : 'A',
    ...(immigration === true && { immigration: true as const }),
    ...(catchAll === true && { catchAll: true as const }),
    ...(retired === true && { retired: true as const }),
  };
}

/**
 * Version 1 as it was published: four protections, plate history. Rules in the world pin its digest, and it keeps its own
 * words for them; a list that it does not have is empty, so that nothing of it can be named.
 */
export const VOCABULARY_1: Vocabulary = {
  version: 1,
  digest: digestOf(document),
  protections: byId(
    (document.protections as readonly (readonly (string | readonly Row[])[])[]).map(([id, question, levels]) => ({
      id: String(id),
      question: String(question),
      levels: Array.isArray(levels) ? levels.map(levelOfRow) : [],
      subject: id === 'agreement-287g' ? 'agency' : 'law',
    })),
  ),
  offences: byId((document.offences as readonly Row[]).map(offenceOfRow)),
  kinds: byId(
    document.kinds.map(([id = '', text = '']) => ({ id, text, legalProcess: 'legal-process-plate-history' })),
  ),
  purposes: codesOf(document.purposes),
  agencyClasses: codesOf(document.agency_classes),
  exceptions: codesOf(document.exceptions),
  legalProcess: codesOf(document.legal_process),
  bases: codesOf(document.bases),
  readFields: codesOf(document.read_fields),
  hotListSources: new Map(),
  cameraOwnerClasses: new Map(),
  declarations: new Map(),
};
