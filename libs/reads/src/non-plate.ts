/**
 * Words on signs and vehicles that cameras report as plates; AHEAD, DETOUR and POLICE stand in Seattle's published reads
 * (github UWCHR/spd-alpr). A vanity plate may spell one of them, so a read is marked and kept, never dropped.
 */
const SIGN_WORDS: ReadonlySet<string> = new Set([
  'AHEAD',
  'AMBULANCE',
  'BRIDGE',
  'BUSLANE',
  'BUSONLY',
  'CAUTION',
  'CLOSED',
  'CROSSING',
  'DETOUR',
  'DONOTENTER',
  'EMERGENCY',
  'ENTRANCE',
  'EXITONLY',
  'FIRE',
  'FIRELANE',
  'FORSALE',
  'HOSPITAL',
  'KEEPRIGHT',
  'LEFTLANE',
  'LEFTONLY',
  'LOADZONE',
  'MERGE',
  'NOPARKING',
  'NOTURNS',
  'NOUTURN',
  'ONEWAY',
  'ONLY',
  'PARKING',
  'POLICE',
  'RAMP',
  'RESERVED',
  'RIGHTLANE',
  'RIGHTONLY',
  'ROADCLOSED',
  'ROADWORK',
  'SCHOOL',
  'SCHOOLBUS',
  'SHERIFF',
  'SLOW',
  'SPEED',
  'SPEEDLIMIT',
  'STOP',
  'TAXI',
  'TOWAWAY',
  'TOWZONE',
  'TRANSIT',
  'TRUCKS',
  'WRONGWAY',
  'YIELD',
]);

/** Whether a normalised plate is a word that stands on signs and vehicles. */
export function isNonPlate(plate: string): boolean {
  return SIGN_WORDS.has(plate);
}

/** The same read with `nonPlate` set from its normalised plate. */
export function markNonPlate<T extends { readonly plate: string }>(read: T): T & { readonly nonPlate: boolean } {
  return { ...read, nonPlate: isNonPlate(read.plate) };
}
