import type { DataSource } from 'typeorm';
import { cameraFields } from '#exchange';
import type { Ledger } from '#ledger/io';
import { digestOf, ProblemError, problem, type Clock, type Randomness } from '#protocol';
import { cameraOf, statusOf, type CameraRow, type StatusRow } from './camera-rows.js';
import type { Camera, CameraRegistration, CameraStatus, CameraTally } from './camera.js';
import { isSecret, newSecret, secretDigest } from './camera-secret.js';

const STATUS_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** The cameras of this agency. A change of who may post is in the ledger before the camera can use it. */
export class Cameras {
  constructor(
    private readonly of: {
      readonly dataSource: DataSource;
      readonly ledger: Ledger;
      readonly agency: string;
      readonly clock: Clock;
      readonly randomness: Randomness;
    },
  ) {}

  /**
   * Registers a camera. @param by pseudonym of whoever is signed in
   * @returns its secret, which is told this once @throws ProblemError 409 where the id was ever used
   */
  async register(registration: CameraRegistration, by: string): Promise<string> {
    const { id, format, ownerClass, device, timeZone, location, named } = registration;
    const secret = newSecret(this.of.randomness);
    await this.#logged('camera_registered', registration, by, async (manager, now) => {
      const rows: unknown[] = await manager.query(
        `insert into camera (id, format, owner_class, device, time_zone, lat, lon, named, secret_digest, secret_since,
           registered_at, registered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11) on conflict do nothing returning id`,
        [
          id,
          format,
          ownerClass,
          device,
          timeZone ?? null,
          location?.lat ?? null,
          location?.lon ?? null,
          named ?? null,
          secretDigest(secret),
          now,
          by,
        ],
      );
      if (rows.length === 0) throw refused(409, 'camera_exists', 'a camera has or had this id; take another one');
    });
    return secret;
  }

  /** A new secret; the old one is good no more. @throws ProblemError 404 */
  async renewSecret(id: string, by: string): Promise<string> {
    const camera = await this.#inForce(id);
    const secret = newSecret(this.of.randomness);
    await this.#logged('camera_renewed', camera, by, async (manager, now) => {
      await changeOne(
        manager.query(
          'update camera set secret_digest = $2, secret_since = $3 where id = $1 and revoked_at is null returning id',
          [id, secretDigest(secret), now],
        ),
      );
    });
    return secret;
  }

  /** Ends what a camera may do, at once and for good; its reads stay. @throws ProblemError 404 */
  async revoke(id: string, by: string): Promise<void> {
    const camera = await this.#inForce(id);
    await this.#logged('camera_revoked', camera, by, async (manager, now) => {
      await changeOne(
        manager.query(
          'update camera set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null returning id',
          [id, now, by],
        ),
      );
    });
  }

  /** The camera whose secret this is. Nothing tells a camera that is unknown or revoked from a secret that is wrong. */
  async authenticate(id: string, secret: string | undefined): Promise<Camera | undefined> {
    const [row] = await this.of.dataSource.query<CameraRow[]>(
      'select * from camera where id = $1 and revoked_at is null',
      [id],
    );
    return isSecret(secret, row?.secret_digest) && row !== undefined ? cameraOf(row) : undefined;
  }

  /** Adds to what came of what a camera posted. */
  async count(id: string, tally: CameraTally): Promise<void> {
    const now = new Date(this.of.clock.now());
    const rejections = Object.entries(tally.rejected);
    const counts: [string, number][] = [
      ['accepted', tally.accepted],
      ['already_present', tally.alreadyPresent],
      ['superseded', tally.superseded],
      ['passed_over', tally.passedOver],
      ...rejections.map(([reason, count]): [string, number] => [`rejected:${reason}`, count]),
    ];
    // In one order, so that two posts of one camera wait for each other and never in a circle.
    const some = counts.filter(([, count]) => count > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
    await this.of.dataSource.transaction(async (manager) => {
      await manager.query(
        `insert into camera_contact as known (camera, posted_at, read_at, rejected_at, rejected_because)
         values ($1, $2, $3, $4, $5)
         on conflict (camera) do update set posted_at = excluded.posted_at,
           read_at = coalesce(excluded.read_at, known.read_at),
           rejected_at = coalesce(excluded.rejected_at, known.rejected_at),
           rejected_because = coalesce(excluded.rejected_because, known.rejected_because)`,
        [
          id,
          now,
          tally.accepted + tally.alreadyPresent > 0 ? now : null,
          rejections.length > 0 ? now : null,
          rejections.at(-1)?.[0] ?? null,
        ],
      );
      await manager.query(
        `insert into camera_day as known (camera, day, outcome, sightings)
         select $1, $2::date, outcome, sightings from unnest($3::text[], $4::bigint[]) as come (outcome, sightings)
         on conflict (camera, day, outcome) do update set sightings = known.sightings + excluded.sightings`,
        [id, now.toISOString().slice(0, 10), some.map(([outcome]) => outcome), some.map(([, count]) => count)],
      );
    });
  }

  /** Every camera, those that were revoked as well. */
  async list(): Promise<CameraStatus[]> {
    const since = new Date(this.of.clock.now() - STATUS_DAYS * DAY_MS).toISOString().slice(0, 10);
    const rows = await this.of.dataSource.query<StatusRow[]>(
      `select camera.*, contact.posted_at, contact.read_at, contact.rejected_at, contact.rejected_because, counted.outcomes
       from camera
       left join camera_contact contact on contact.camera = camera.id
       left join lateral (
         select jsonb_object_agg(outcome, sightings::text) as outcomes from (
           select outcome, sum(sightings) as sightings from camera_day
           where camera_day.camera = camera.id and day > $1::date group by outcome) as days
       ) counted on true
       order by camera.id`,
      [since],
    );
    return rows.map(statusOf);
  }

  async #inForce(id: string): Promise<Camera> {
    const [row] = await this.of.dataSource.query<CameraRow[]>(
      'select * from camera where id = $1 and revoked_at is null',
      [id],
    );
    if (row === undefined) throw notThere();
    return cameraOf(row);
  }

  /** The change and its receipt commit together, and the change counts once the ledger holds it. */
  async #logged(
    kind: 'camera_registered' | 'camera_renewed' | 'camera_revoked',
    registration: CameraRegistration,
    by: string,
    change: (manager: DataSource['manager'], now: Date) => Promise<void>,
  ): Promise<void> {
    const { dataSource, ledger, agency, clock } = this.of;
    const now = new Date(clock.now());
    const { id, format, ownerClass, device, timeZone, location, named } = registration;
    const digest = digestOf({
      id,
      format,
      owner_class: ownerClass,
      device,
      time_zone: timeZone ?? null,
      location: location === undefined ? null : { lat: location.lat, lon: location.lon },
      named: named ?? null,
    });
    const receiptId = `${kind}/${id}${kind === 'camera_renewed' ? `/${now.getTime()}` : ''}`;
    const fields = cameraFields({ agency, camera: id, format, owner_class: ownerClass, registration: digest, by });
    await dataSource.transaction(async (manager) => {
      await change(manager, now);
      await ledger.append(manager, { receiptId, kind, fields });
    });
    await ledger.integrated(receiptId);
  }
}

/** TypeORM answers an update with its rows and their number. */
async function changeOne(change: Promise<[unknown[], number]>): Promise<void> {
  const [, changed] = await change;
  if (changed !== 1) throw notThere();
}

function notThere(): ProblemError {
  return refused(404, 'not_found', 'there is no such camera, or it was revoked');
}

function refused(status: number, code: string, title: string): ProblemError {
  return new ProblemError(problem(status, code, title));
}
