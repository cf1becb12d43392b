import { malformed, membersOf } from './query-members.js';
import { ReadsError } from './reads-error.js';

/** What a camera says of a vehicle, each word as `normaliseVehicleWord` writes it. */
export interface Vehicle {
  readonly make?: string;
  readonly model?: string;
  readonly colour?: string;
  readonly type?: string;
}

export const VEHICLE_MEMBERS = ['make', 'model', 'colour', 'type'] as const;

/**
 * The one spelling of a make, model, colour or type: ASCII letters in lower case, digits, and single spaces or dashes
 * between them (`Land Rover` becomes `land rover`, `F-150` `f-150`). Compared literally; a wildcard is refused (P12).
 * @throws ReadsError `vehicle_word_invalid`
 */
export function normaliseVehicleWord(text: string): string {
  const word = text.trim().replaceAll(/[ _]+/g, ' ').toLowerCase();
  if (!isVehicleWord(word) || /[^ -~]/.test(text)) {
    throw new ReadsError(
      'vehicle_word_invalid',
      'a word about a vehicle is 1 to 40 letters, digits, spaces and dashes',
    );
  }
  return word;
}

export function isVehicleWord(word: string): boolean {
  return word.length <= 40 && /^[a-z0-9]+(?:[ -][a-z0-9]+)*$/.test(word);
}

/** @throws ReadsError `query_malformed` `vehicle_word_invalid` */
export function parseVehicle(value: unknown): Vehicle {
  const members = membersOf(value, 'vehicle', [], VEHICLE_MEMBERS);
  const vehicle: Record<string, string> = {};
  for (const name of VEHICLE_MEMBERS) {
    const word = members[name];
    if (word === undefined) continue;
    if (typeof word !== 'string' || word.length > 100) throw malformed(`vehicle.${name}`);
    vehicle[name] = normaliseVehicleWord(word);
  }
  if (Object.keys(vehicle).length === 0) throw malformed('vehicle');
  return vehicle;
}

/** Whether what a camera said agrees with every word asked for; what it did not say agrees with none. */
export function isVehicle(asked: Vehicle, seen: Vehicle | undefined): boolean {
  return VEHICLE_MEMBERS.every((name) => asked[name] === undefined || asked[name] === seen?.[name]);
}
