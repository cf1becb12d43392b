import { isNonPlate } from '../non-plate.js';
import { normalisePlate } from '../plate.js';
import { isConfidence } from '../read.js';
import { ReadsError } from '../reads-error.js';
import { Rejected, type RejectionReason } from '../rejection.js';
import type { PlateCandidate } from './captured-read.js';
import type { Part } from './part.js';
import { issuingStateOf } from './issuing-state.js';

/** A state that the source itself holds for less likely than not is none: a wrong one hides a read or accuses another. */
const LEAST_STATE_CONFIDENCE = 0.5;
const CANDIDATES_MAX = 10;

/** The plate, normalised, with the mark of a word on a sign. @throws Rejected with the plate's own reason */
export function plateOf(part: Part): { plate: string; nonPlate: boolean } {
  const { value } = part;
  if (!part.isThere) throw new Rejected('member_missing', part.at);
  // Not trimmed: a tab or a no-break space in a plate is refused, not cleaned away (P12).
  if (typeof value !== 'string' && typeof value !== 'number') throw new Rejected('member_malformed', part.at);
  const plate = asRejection(part.at, () => normalisePlate(String(value)));
  return { plate, nonPlate: isNonPlate(plate) };
}

/** `scale` is what the source calls certain: 1 or 100. @throws Rejected `confidence_invalid` */
export function confidenceOf(part: Part, scale: 1 | 100): { confidence?: number } {
  const stated = part.number();
  if (stated === undefined) return {};
  // 91.2 / 100 is 0.912 and a little; nobody measures a confidence to more than six places.
  const confidence = Math.round((stated / scale) * 1e6) / 1e6;
  if (!isConfidence(confidence)) throw new Rejected('confidence_invalid', part.at);
  return { confidence };
}

/** The state that issued the plate, where the source names one and believes in it. */
export function stateOf(part: Part, stated?: { score: Part; scale: 1 | 100 }): { plateState?: string } {
  const plateState = issuingStateOf(part.text() ?? '');
  if (plateState === undefined) return {};
  const { confidence = 1 } = stated === undefined ? {} : confidenceOf(stated.score, stated.scale);
  return confidence < LEAST_STATE_CONFIDENCE ? {} : { plateState };
}

/**
 * Other readings, in the source's order, each once and without the plate itself. One that is no plate's spelling is left
 * out: it hides nothing, since the read stands with its own.
 */
export function candidatesOf(
  list: Part,
  plate: string,
  member: { text: string; confidence: string; scale: 1 | 100 },
): { candidates?: PlateCandidate[] } {
  const found = new Map<string, PlateCandidate>();
  for (const item of list.items()) {
    const written = item.member(member.text).value;
    const text = typeof written === 'string' ? spelling(written) : undefined;
    if (text === undefined || text === plate || found.has(text)) continue;
    found.set(text, { text, ...confidenceOf(item.member(member.confidence), member.scale) });
    if (found.size === CANDIDATES_MAX) break;
  }
  return found.size === 0 ? {} : { candidates: [...found.values()] };
}

/** Runs what refuses by a ReadsError of a plate or an instant, and says where it was. */
export function asRejection<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Only codes of plates and instants arise here.
    if (error instanceof ReadsError) throw new Rejected(error.code as RejectionReason, at);
    throw error;
  }
}

function spelling(text: string): string | undefined {
  try {
    return normalisePlate(text);
  } catch (error) {
    if (error instanceof ReadsError) return undefined;
    throw error;
  }
}
