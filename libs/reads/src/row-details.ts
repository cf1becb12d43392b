import type { ColumnMapping } from './column-mapping.js';
import { vehicleOf, vehicleWord } from './formats/vehicle-parts.js';
import { normalisePlate } from './plate.js';
import { CANDIDATES_MAX, isImageRef, type Candidate, type UnstoredRead } from './read.js';
import { ReadsError } from './reads-error.js';
import { Rejected } from './rejection.js';

/** The points of the compass that exports write in place of degrees. */
const POINTS: Readonly<Record<string, number>> = { N: 0, NE: 45, E: 90, SE: 135, S: 180, SW: 225, W: 270, NW: 315 };

export type RowDetails = Pick<UnstoredRead, 'vehicle' | 'direction' | 'candidates' | 'imageRef'>;

/**
 * What a row may say beside plate, time and place. A cell that is blank says nothing, and a word about a vehicle that says
 * nothing (`unknown`) neither.
 * @param cell the trimmed text of a column
 * @throws Rejected `direction_invalid`, `image_reference_invalid`
 */
export function rowDetails(
  { vehicle, direction, candidates, image }: ColumnMapping,
  cell: (column: string) => string,
  plate: string,
): RowDetails {
  const word = (column: string | undefined) => (column === undefined ? undefined : vehicleWord(cell(column)));
  return {
    ...vehicleOf({
      make: word(vehicle?.make),
      model: word(vehicle?.model),
      colour: word(vehicle?.colour),
      type: word(vehicle?.type),
    }),
    ...(direction !== undefined && directionIn(cell(direction))),
    ...(candidates !== undefined && candidatesIn(cell(candidates.column).split(candidates.separator), plate)),
    ...(image !== undefined && imageIn(cell(image))),
  };
}

/** Degrees from north, or a point of the compass. -1 and what is beyond a circle is how exports say that they do not know. */
function directionIn(text: string): { direction?: number } {
  const point = POINTS[text.toUpperCase()];
  if (point !== undefined) return { direction: point };
  if (text === '') return {};
  if (text.length > 32 || !/^[+-]?\d+(?:\.\d*)?$/.test(text)) throw new Rejected('direction_invalid');
  const degrees = Number(text);
  if (degrees < 0 || degrees > 360) return {};
  return { direction: degrees === 360 ? 0 : degrees };
}

/** Each once, without the plate itself; what is no plate's spelling is left out: the read stands with its own. */
function candidatesIn(texts: readonly string[], plate: string): { candidates?: Candidate[] } {
  const spelt = texts.flatMap((text) => spelling(text.trim())).filter((text) => text !== plate);
  const candidates = [...new Set(spelt)].slice(0, CANDIDATES_MAX).map((text) => ({ text }));
  return candidates.length === 0 ? {} : { candidates };
}

function spelling(text: string): string[] {
  try {
    return [normalisePlate(text)];
  } catch (error) {
    if (error instanceof ReadsError) return [];
    throw error;
  }
}

function imageIn(text: string): { imageRef?: string } {
  if (text === '') return {};
  if (!isImageRef(text)) throw new Rejected('image_reference_invalid');
  return { imageRef: text };
}
