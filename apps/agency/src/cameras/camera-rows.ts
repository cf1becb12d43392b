import { isCameraOwnerClass, isFormatName } from '#reads';
import type { Camera, CameraStatus } from './camera.js';

/** A row of `camera`. */
export interface CameraRow {
  readonly id: string;
  readonly format: string;
  readonly owner_class: string;
  readonly device: string;
  readonly time_zone: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly named: string | null;
  readonly secret_digest: Buffer;
  readonly secret_since: Date;
  readonly registered_at: Date;
  readonly revoked_at: Date | null;
}

/** With what came of what the camera posted, by outcome. */
export interface StatusRow extends CameraRow {
  readonly posted_at: Date | null;
  readonly read_at: Date | null;
  readonly rejected_at: Date | null;
  readonly rejected_because: string | null;
  readonly outcomes: Readonly<Record<string, string>> | null;
}

export function cameraOf(row: CameraRow): Camera {
  const { id, format, owner_class: ownerClass, device } = row;
  // Written by this node alone; what it does not know any more takes in nothing.
  if (!isFormatName(format) || !isCameraOwnerClass(ownerClass)) throw new TypeError(`camera \`${id}\` is not readable`);
  return {
    id,
    format,
    ownerClass,
    device,
    timeZone: row.time_zone ?? undefined,
    location: row.lat === null || row.lon === null ? undefined : { lat: row.lat, lon: row.lon },
    named: row.named ?? undefined,
    registeredAt: row.registered_at.getTime(),
    secretSince: row.secret_since.getTime(),
    revokedAt: row.revoked_at?.getTime(),
  };
}

export function statusOf(row: StatusRow): CameraStatus {
  const outcomes = Object.entries(row.outcomes ?? {}).map(([outcome, count]): [string, number] => [
    outcome,
    Number(count),
  ]);
  const counted = new Map(outcomes);
  const rejected = outcomes.flatMap(([outcome, count]) => {
    const reason = /^rejected:(.+)$/.exec(outcome)?.[1];
    return reason === undefined ? [] : [[reason, count] as const];
  });
  return {
    camera: cameraOf(row),
    postedAt: row.posted_at?.getTime(),
    readAt: row.read_at?.getTime(),
    rejectedAt: row.rejected_at?.getTime(),
    rejectedBecause: row.rejected_because ?? undefined,
    tally: {
      accepted: counted.get('accepted') ?? 0,
      alreadyPresent: counted.get('already_present') ?? 0,
      superseded: counted.get('superseded') ?? 0,
      passedOver: counted.get('passed_over') ?? 0,
      rejected: Object.fromEntries(rejected),
    },
  };
}
