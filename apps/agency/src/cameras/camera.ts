import type { CameraOwnerClass, FormatName, Location } from '#reads';

/** What was said of a camera when it was registered. Nothing of it is ever taken from what the camera posts. */
export interface CameraRegistration {
  /** In its address: small letters, digits and dashes. */
  readonly id: string;
  readonly format: FormatName;
  readonly ownerClass: CameraOwnerClass;
  /** The camera's name in every read. */
  readonly device: string;
  /** IANA name, for formats whose times have no offset. */
  readonly timeZone: string | undefined;
  /** Where it stands; a record that states a place of its own wins, since cameras are mobile too. */
  readonly location: Location | undefined;
  /** The camera's name in its own messages, where other cameras must not post by this credential. */
  readonly named: string | undefined;
}

export interface Camera extends CameraRegistration {
  readonly registeredAt: number;
  readonly secretSince: number;
  readonly revokedAt: number | undefined;
}

/** What came of what a camera posted. */
export interface CameraTally {
  readonly accepted: number;
  readonly alreadyPresent: number;
  readonly superseded: number;
  readonly passedOver: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface CameraStatus {
  readonly camera: Camera;
  readonly postedAt: number | undefined;
  readonly readAt: number | undefined;
  readonly rejectedAt: number | undefined;
  readonly rejectedBecause: string | undefined;
  /** Of the last 30 days. */
  readonly tally: CameraTally;
}

/** The system that its reads come from: with device, instant and plate it tells one read from another. */
export function sourceOf(camera: CameraRegistration): string {
  return `camera:${camera.id}`;
}
