import type { JsonValue } from '#protocol';
import type { Location } from '../read.js';
import type { RejectionReason } from '../rejection.js';

/** What the source says of the vehicle: lower-case words, each absent where it said nothing it believes in. */
export interface CapturedVehicle {
  readonly make?: string;
  readonly model?: string;
  readonly colour?: string;
  readonly type?: string;
}

/** Another reading of the same plate that the source held possible; never the plate itself. */
export interface PlateCandidate {
  /** Normalised. */
  readonly text: string;
  /** 0 to 1; absent where the source did not say. */
  readonly confidence?: number;
}

/** One sighting as a source wrote it, normalised; whose camera it was is not the source's to say. */
export interface CapturedRead {
  /** Normalised (`normalisePlate`). */
  readonly plate: string;
  /** Two letters; absent where the source named none, a foreign country, or one that it did not believe in itself. */
  readonly plateState?: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly seenAt: number;
  readonly timeAmbiguous: boolean;
  /** As the source names its camera; absent where it names none. */
  readonly device?: string;
  readonly location?: Location;
  /** 0 to 1. */
  readonly confidence?: number;
  /** Degrees clockwise from north, 0 up to 360. */
  readonly direction?: number;
  readonly vehicle?: CapturedVehicle;
  readonly candidates?: readonly PlateCandidate[];
  /** Where the source sends a passage again with more knowledge: its name for the passage. */
  readonly eventId?: string;
  /** Milliseconds; grows with each message about the passage, and the one with the largest stands. */
  readonly eventRevision?: number;
  /** Where the source keeps the image: a name or path there, never an address with a password, never fetched. */
  readonly imageRef?: string;
  /** SHA-256 of the image that came along, base64url. The image itself is not kept. */
  readonly imageDigest?: string;
  readonly nonPlate: boolean;
}

/** Why a record of the format is no sighting, and rightly so. */
export type PassedOver = 'preview' | 'heartbeat' | 'no_plate' | 'other_event' | 'false_positive';

/** What became of one record, or of one of several sightings in it; `at` is where in the record, empty for all of it. */
export type RecordOutcome =
  | { readonly kind: 'read'; readonly at: string; readonly read: CapturedRead }
  | { readonly kind: 'rejected'; readonly at: string; readonly reason: RejectionReason }
  | { readonly kind: 'passed_over'; readonly at: string; readonly why: PassedOver };

/** What whoever takes the record in knows beyond it. */
export interface CaptureContext {
  /** Milliseconds: a sighting of the future is refused. */
  readonly now: number;
  /** IANA name for times without an offset; without it such times are refused. */
  readonly timeZone: string | undefined;
}

/** An image that came beside the record, as in a multipart body. */
export interface ImagePart {
  readonly name: string;
  /** SHA-256, base64url. */
  readonly digest: string;
}

export interface FormatRecord {
  readonly value: JsonValue;
  readonly images?: readonly ImagePart[];
}
