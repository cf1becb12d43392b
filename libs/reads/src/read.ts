/** Whose camera made the read; a rule may tell them apart (D3). */
export const CAMERA_OWNER_CLASSES = ['public', 'private', 'business', 'school'] as const;
export type CameraOwnerClass = (typeof CAMERA_OWNER_CLASSES)[number];

export function isCameraOwnerClass(text: string): text is CameraOwnerClass {
  return (CAMERA_OWNER_CLASSES as readonly string[]).includes(text);
}

/** Degrees, WGS 84. */
export interface Location {
  readonly lat: number;
  readonly lon: number;
}

/** One plate sighting, before it is stored. */
export interface UnstoredRead {
  /** Normalised (`normalisePlate`). */
  readonly plate: string;
  /** Two letters; absent where the camera did not say. */
  readonly plateState?: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly seenAt: number;
  /** The wall clock showed this time twice that day, and the earlier instant was taken. */
  readonly timeAmbiguous: boolean;
  /** The camera or the vehicle that carries it. */
  readonly device: string;
  /** Absent where the source gave none: never a default place. */
  readonly location?: Location;
  /** 0 to 1; absent where the camera did not say. */
  readonly confidence?: number;
  readonly cameraOwnerClass: CameraOwnerClass;
  /** The system that the read came from; with device, instant and plate it tells one read from another. */
  readonly source: string;
  /** A word on a sign or vehicle, not a plate. */
  readonly nonPlate: boolean;
}

/** One stored plate sighting. `id` is the store's own and tells nothing about the plate. */
export interface Read extends UnstoredRead {
  readonly id: string;
}

/** What `device` and `source` may hold: printable text of 1 to 100 characters, as `ReleasedRead.device` on the wire. */
export function isName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.trim() !== '' && text.length <= 100 && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/.test(text);
}

export function isLocation({ lat, lon }: Location): boolean {
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}

export function isConfidence(value: number): boolean {
  return value >= 0 && value <= 1;
}
