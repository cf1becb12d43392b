import { isNormalisedPlate } from './plate.js';
import { isVehicleWord, VEHICLE_MEMBERS, type Vehicle } from './vehicle.js';

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

/** Another text that the camera thought possible. Never an answer to a literal search. */
export interface Candidate {
  /** Normalised. */
  readonly text: string;
  /** 0 to 1. */
  readonly confidence?: number;
}

export const CANDIDATES_MAX = 10;

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
  /** As far as the camera said. */
  readonly vehicle?: Vehicle;
  /** Where the vehicle was heading: degrees from north, clockwise, from 0 to below 360. */
  readonly direction?: number;
  readonly candidates?: readonly Candidate[];
  /** The camera's own name for the passage of a vehicle, by which a later reading of it supersedes an earlier one. */
  readonly eventId?: string;
  /** Among readings of one event the higher number supersedes; 0 where absent. */
  readonly eventRevision?: number;
  /** Where the image lies, an address or a path; it is never copied here. */
  readonly imageRef?: string;
  /** SHA-256 of the image, base64url. */
  readonly imageDigest?: string;
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

export function isDirection(degrees: number): boolean {
  return degrees >= 0 && degrees < 360;
}

/** A reference is printable text without spaces, at most 500 characters. */
export function isImageRef(text: string): boolean {
  return /^[!-~]{1,500}$/.test(text);
}

export function isVehicleOfWords(vehicle: Vehicle): boolean {
  return VEHICLE_MEMBERS.every((name) => vehicle[name] === undefined || isVehicleWord(vehicle[name]));
}

export function isCandidate({ text, confidence }: Candidate): boolean {
  return isNormalisedPlate(text) && (confidence === undefined || isConfidence(confidence));
}

export function isConfidence(value: number): boolean {
  return value >= 0 && value <= 1;
}
