// Long because the door is tried with every kind of wrong guest on one database.
import { request } from 'node:http';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteKeyFromSeed } from '#ledger';
import { Ledger } from '#ledger/io';
import type { JsonValue } from '#protocol';
import { createHttpApp, generateSigningKey, systemClock } from '#protocol/io';
import { ReadStore } from '#reads/io';
import { createTestDatabase } from '../../../../test/support/database.js';
import { fakeClock, seededRandomness, type FakeClock } from '../../../../test/support/fakes.js';
import { sideRecordsOf } from '../../../../libs/ledger/test/side-records.js';
import { openCameraDoor } from './camera-door.js';
import type { CameraRegistration } from './camera.js';
import { Cameras } from './cameras.store.js';
import { PostRate } from './post-rate.js';

const AGENCY = 'https://juniper-bend.example';
const ORIGIN = 'juniper-bend.example/ledger';
const NOW = Date.parse('2026-11-22T12:00:00Z');

const problemOf = () => undefined;

let app: NestFastifyApplication;
let ledger: Ledger;
let dataSource: DataSource;
let cameras: Cameras;
let clock: FakeClock;
let url: string;

beforeAll(async () => {
  ({ dataSource } = await createTestDatabase('agency'));
  clock = fakeClock(NOW);
  const randomness = seededRandomness('cameras');
  ledger = new Ledger({
    dataSource,
    origin: ORIGIN,
    noteKey: noteKeyFromSeed(ORIGIN, 'note', new Uint8Array(32).fill(1)),
    issuer: AGENCY,
    receiptKey: await generateSigningKey(),
    clock: systemClock,
    randomness,
    askWitnesses: () => Promise.resolve([]),
    sideRecords: sideRecordsOf(),
  });
  await ledger.start();
  cameras = new Cameras({ dataSource, ledger, agency: AGENCY, clock, randomness });
  @Module({})
  class NoOtherRoutes {}
  app = await createHttpApp(NoOtherRoutes, { problemOf, bodyLimit: 64 * 1024 });
  openCameraDoor(app, { reads: new ReadStore({ dataSource, clock }), cameras, clock }, problemOf, new PostRate(30, 3));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(async () => {
  await app.close();
  await ledger.stop();
});

const aCamera = (id: string, change: Partial<CameraRegistration> = {}): CameraRegistration => ({
  id,
  format: 'rekor',
  ownerClass: 'private',
  device: `the ${id} camera`,
  timeZone: undefined,
  location: { lat: 44, lon: -121 },
  named: undefined,
  ...change,
});
const register = (id: string, change: Partial<CameraRegistration> = {}) =>
  cameras.register(aCamera(id, change), 'someone');

const aGroup = (plate: string, change: object = {}): JsonValue => ({
  data_type: 'alpr_group',
  epoch_start: NOW - 5_000,
  camera_id: 1,
  best_plate_number: plate,
  ...change,
});

const part = (name: string, type: string, content: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;

interface Sent {
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly authorization?: string | undefined;
  readonly method?: string;
}

/** `fetch` would add header fields of its own and hide when an answer came before the body was sent. */
async function send(id: string, { body = '', type = 'application/json', authorization, method = 'POST' }: Sent) {
  return new Promise<{ status: number; body: Record<string, unknown>; text: string }>((resolve, reject) => {
    const headers = {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...(authorization === undefined ? {} : { authorization }),
    };
    const sent = request(`${url}/cameras/${id}/reads`, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text, body: JSON.parse(text || '{}') as Record<string, unknown> }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const post = (id: string, secret: string | undefined, value: JsonValue) =>
  send(id, { body: JSON.stringify(value), authorization: secret === undefined ? undefined : `Bearer ${secret}` });

const stored = (device: string): Promise<Record<string, unknown>[]> =>
  dataSource.query(
    'select plate, device, source, camera_owner_class, lat from plate_read where device = $1 order by plate',
    [device],
  );
const statusOf = async (id: string) => (await cameras.list()).find(({ camera }) => camera.id === id);

describe('the door of a camera', () => {
  it('W08: takes class, source, device and place from the registration, whatever the body says', async () => {
    const secret = await register('mill-3rd');
    const claims = {
      camera_owner_class: 'public',
      source: 'camera:other',
      device: 'other',
      web_server_config: { camera_label: 'other' },
    };
    const answer = await post('mill-3rd', secret, aGroup('7BHM482', claims));
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, already_present: 0, rejected: 0 } });
    expect(await stored('the mill-3rd camera')).toEqual([
      {
        plate: '7BHM482',
        device: 'the mill-3rd camera',
        source: 'camera:mill-3rd',
        camera_owner_class: 'private',
        lat: 44,
      },
    ]);
    expect(await stored('other')).toEqual([]);
    expect((await post('mill-3rd', secret, aGroup('7BHM482', claims))).body).toMatchObject({
      accepted: 0,
      already_present: 1,
    });
  });

  it('answers one text to everybody whom it does not know, and reads nothing of theirs', async () => {
    const secret = await register('known');
    const other = await register('neighbour');
    await register('gone');
    await cameras.revoke('gone', 'someone');
    const body = JSON.stringify(aGroup('SECRET1'));
    const guests: [string, Sent][] = [
      ['known', {}],
      ['known', { authorization: `Bearer ${other}` }],
      ['known', { authorization: `Bearer ${secret}x` }],
      ['known', { authorization: `Digest ${secret}` }],
      ['known', { authorization: `Basic ${Buffer.from(`known:${other}`).toString('base64')}` }],
      ['nobody', { authorization: `Bearer ${secret}` }],
      ['gone', { authorization: `Bearer ${secret}` }],
      ['KNOWN', { authorization: `Bearer ${secret}` }],
      ["x'--", { authorization: `Bearer ${secret}` }],
      // Larger than any body: who it is comes first.
      ['known', { body: Buffer.alloc(8 * 1024 * 1024) }],
    ];
    const answers = [];
    for (const [id, guest] of guests)
      answers.push(await send(encodeURIComponent(id), { body, ...guest }).catch(() => undefined));
    // The connection of somebody unknown may end before his body is sent.
    const texts = new Set(answers.flatMap((answer) => (answer === undefined ? [] : [answer.text])));
    expect([...texts]).toEqual([expect.stringContaining('"status":401')]);
    expect(answers.filter((answer) => answer === undefined).length).toBeLessThan(2);
    expect(await dataSource.query(`select 1 from plate_read where plate = 'SECRET1'`)).toEqual([]);
  });

  it('knows a camera that can only send a password', async () => {
    const secret = await register('basic');
    const authorization = `Basic ${Buffer.from(`camera:${secret}`).toString('base64')}`;
    expect((await send('basic', { body: JSON.stringify(aGroup('BASIC1')), authorization })).status).toBe(200);
  });

  it('ends what a secret may do when it is renewed, and what a camera may do when it is revoked', async () => {
    const old = await register('renewed');
    const secret = await cameras.renewSecret('renewed', 'someone');
    expect((await post('renewed', old, aGroup('A1'))).status).toBe(401);
    expect((await post('renewed', secret, aGroup('A1'))).status).toBe(200);
    await cameras.revoke('renewed', 'someone');
    expect((await post('renewed', secret, aGroup('A2'))).status).toBe(401);
    await expect(cameras.renewSecret('renewed', 'x')).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(cameras.revoke('renewed', 'x')).rejects.toMatchObject({ problem: { status: 404 } });
    // Nor can another one take its name, and with it its reads.
    await expect(register('renewed')).rejects.toMatchObject({ problem: { status: 409, code: 'camera_exists' } });
  });

  it('lets no other camera post by this one’s credential where its name is known', async () => {
    const secret = await register('strict', { named: 'lane 1' });
    const labelled = (label: string, plate: string) => aGroup(plate, { web_server_config: { camera_label: label } });
    const answer = await post('strict', secret, [labelled('lane 1', 'L1'), labelled('lane 2', 'L2'), aGroup('L3')]);
    expect(answer.body).toMatchObject({
      accepted: 1,
      rejected: 2,
      rejections: [{ reason: 'camera_other', at: '[1]' }, { reason: 'camera_other' }],
    });
    expect((await stored('the strict camera')).map(({ plate }) => plate)).toEqual(['L1']);
  });

  it('counts what it rejects, by reason, and shows no plate of it', async () => {
    const secret = await register('counted');
    expect(
      (await post('counted', secret, [aGroup('OK1'), aGroup('%'), aGroup('OK1', { is_preview: true })])).status,
    ).toBe(200);
    const unreadable = await post('counted', secret, { plate: 'CANARY7' });
    expect(unreadable).toMatchObject({ status: 422, body: { code: 'format_mismatch' } });
    expect(unreadable.text).not.toContain('CANARY');
    expect((await send('counted', { body: '{"data_type":', authorization: `Bearer ${secret}` })).status).toBe(422);
    expect(await statusOf('counted')).toMatchObject({
      postedAt: NOW,
      readAt: NOW,
      rejectedAt: NOW,
      rejectedBecause: 'record_malformed',
      tally: { accepted: 1, passedOver: 1, rejected: { plate_wildcard: 1, format_mismatch: 1, record_malformed: 1 } },
    });
    clock.advance(31 * 86_400_000);
    expect(await statusOf('counted')).toMatchObject({ readAt: NOW, tally: { accepted: 0, rejected: {} } });
    clock.set(NOW);
  });

  it('reads XML with its images in a multipart body, and keeps the digest alone', async () => {
    const secret = await register('gate', { format: 'hikvision', ownerClass: 'business' });
    const alert = `<EventNotificationAlert><dateTime>2026-11-22T03:59:00-08:00</dateTime><eventType>ANPR</eventType><ANPR><licensePlate>7BHM482</licensePlate></ANPR></EventNotificationAlert>`;
    const body = `${part('anpr.xml', 'text/xml', alert)}${part('plate.jpg', 'image/jpeg', 'image')}--B--\r\n`;
    const authorization = `Bearer ${secret}`;
    expect((await send('gate', { body, type: 'multipart/form-data; boundary=B', authorization })).body).toMatchObject({
      accepted: 1,
    });
    expect((await send('gate', { body: alert, type: 'application/xml', authorization })).body).toMatchObject({
      already_present: 1,
    });
    const broken = await send('gate', {
      body: body.slice(0, 200),
      type: 'multipart/form-data; boundary=B',
      authorization,
    });
    expect(broken.status).toBe(422);
    const bomb = '<!DOCTYPE a [<!ENTITY x "y">]><EventNotificationAlert>&x;</EventNotificationAlert>';
    expect((await send('gate', { body: bomb, type: 'application/xml', authorization })).status).toBe(422);
  });

  it('W02: refuses a body that is larger than any event, and no other route takes so much', async () => {
    const secret = await register('large');
    const answer = await send('large', {
      body: Buffer.alloc(7 * 1024 * 1024, 32),
      authorization: `Bearer ${secret}`,
    }).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413);
    expect((await send('large', { method: 'PUT', body: '{}', authorization: `Bearer ${secret}` })).status).toBe(404);
  });

  it('lets a camera post its rate and not more, and counts nothing against it that others send (W23)', async () => {
    const secret = await register('busy', { named: 'nobody' });
    for (let n = 0; n < 20; n += 1) await post('busy', undefined, {});
    const answers = await Promise.all(Array.from({ length: 35 }, () => post('busy', secret, {})));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    clock.advance(1_000);
    expect((await post('busy', secret, {})).status).toBe(422);
    clock.set(NOW);
  });

  it('law 7: every change of who may post is in the ledger, by a pseudonym, and no secret is kept', async () => {
    const secret = await register('logged');
    await cameras.renewSecret('logged', 'someone');
    await cameras.revoke('logged', 'someone else');
    const rows: { kind: string }[] = await dataSource.query(
      `select * from receipt_index where receipt_id like 'camera%/logged%' order by entry_index`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['camera_registered', 'camera_renewed', 'camera_revoked']);
    expect(JSON.stringify(rows)).not.toContain(secret);
    const [row]: { kept: string }[] = await dataSource.query(
      `select camera::text as kept from camera where id = 'logged'`,
    );
    expect(row?.kept).not.toContain(secret);
  });
});
