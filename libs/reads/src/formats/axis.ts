import type { Location } from '../read.js';
import { Rejected } from '../rejection.js';
import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import { embeddedImage, imageBeside, imageRef } from './image-parts.js';
import { Part } from './part.js';
import { epochTime, locationOf, timeOfText, type CapturedTime } from './place-and-time.js';
import { confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, sighting, type ReadFormat } from './read-format.js';
import { vehicleOf, vehicleWord } from './vehicle-parts.js';

/**
 * AXIS License Plate Verifier, push events by HTTP: NEW, UPDATE and LOST for each `carID`; the text changes from one to the next.
 * https://developer.axis.com/vapix/applications/license-plate-verifier-api "Push events"
 */
export const axis: ReadFormat = {
  recognises: (record) => record.member('carID').isThere && record.member('carState').isThere,
  read({ value, images = [] }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    return [
      sighting('', () => {
        const event = eventOf(record, context);
        // Sent as a form, it has its images beside it.
        const { imageDigest } = imageBeside(images);
        return typeof event === 'string' || imageDigest === undefined ? event : { ...event, imageDigest };
      }),
    ];
  },
};

function eventOf(record: Part, context: CaptureContext): CapturedRead | PassedOver {
  refuseOtherStates(record.member('carState'));
  const text = record.either('plateUTF8', 'plateText', 'plateASCII');
  if (!text.isThere || text.value === '') return 'no_plate';
  const time = timeOf(record, context);
  const camera = record.member('camera_info');
  const device = deviceOf(camera, cameraOf(camera, record.member('sensorProviderID')));
  const [vehicle, confidence] = [record.member('vehicle_info'), record.member('plateConfidence')];
  return {
    ...plateOf(text),
    ...stateOf(issuerOf(record)),
    ...time,
    ...device,
    ...placeOf(record.member('geotag')),
    // Versions differ: 0.97 in one, 97 in another, and 1 is certain in each.
    ...confidenceOf(confidence, (confidence.number() ?? 0) > 1 ? 100 : 1),
    ...vehicleOf({
      make: vehicleWord(vehicle.either('brand', 'make').text()),
      model: vehicleWord(vehicle.member('model').text()),
      colour: vehicleWord(vehicle.member('color').text()),
      type: vehicleWord(vehicle.member('type').text()),
    }),
    eventId: passageOf(record.member('carID'), device.device),
    eventRevision: time.seenAt,
    ...imagesOf(record),
  };
}

function refuseOtherStates(part: Part): void {
  const state = part.required(part.text()).toLowerCase();
  if (!['new', 'update', 'lost'].includes(state)) throw new Rejected('member_malformed', part.at);
}

/** One endpoint may take the events of several cameras, each of which counts its vehicles for itself, and anew when it restarts. */
function passageOf(part: Part, device = ''): string {
  const car = part.required(part.text());
  if (!/^[\w-]{1,40}$/.test(car)) throw new Rejected('member_malformed', part.at);
  return device === '' ? car : `${device.slice(0, 59)}#${car}`;
}

/**
 * `capture_timestamp` in milliseconds, `capture_ts` the same in nanoseconds; other versions write seconds or microseconds, told
 * apart by their digits. Else a written time.
 */
function timeOf(record: Part, context: CaptureContext): CapturedTime {
  const capture = record.either('capture_timestamp', 'capture_ts');
  if (capture.isThere) {
    const digits = capture.required(capture.text());
    if (!/^\d{10}(?:\d{3}){0,3}$/.test(digits)) throw new Rejected('instant_malformed', capture.at);
    return epochTime(new Part(Number(digits.slice(0, 13).padEnd(13, '0')), capture.at), 1, context);
  }
  const written = record.member('datetime');
  const text = written.required(written.text());
  const compact = /^(\d{4})(\d{2})(\d{2})[ T](\d{2})(\d{2})(\d{2})(\d{3})?$/.exec(text);
  if (!compact) return timeOfText(text, written.at, context);
  const [, year, month, day, hour, minute, second, milliseconds = '000'] = compact;
  return timeOfText(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}`, written.at, context);
}

const COUNTRIES_OF_STATES: ReadonlySet<string> = new Set(['USA', 'CAN']);

/** A region's letters are a state's only in its own country: `MI` is Minden on a German plate, and `PA` Passau. */
function issuerOf(record: Part): Part {
  const country = record.member('plateCountry').text();
  if (country !== undefined && !COUNTRIES_OF_STATES.has(country)) return new Part(undefined);
  const regions = ['plateISO3166-2', 'plateRegion', 'plateRegionCode'].map((name) => record.member(name));
  return regions.find((region) => region.text() !== undefined) ?? new Part(undefined);
}

/** What a camera says of its place before anybody has told it where it stands: Lund and Kyiv. */
const FACTORY_PLACES: readonly Location[] = [
  { lat: 55.70421, lon: 13.19366 },
  { lat: 50.418114, lon: 30.476213 },
];

function placeOf(geotag: Part): { location?: Location } {
  const place = locationOf(geotag.either('lat', 'latitude'), geotag.either('lon', 'longitude'));
  const isFactory = FACTORY_PLACES.some(({ lat, lon }) => place.location?.lat === lat && place.location.lon === lon);
  return isFactory ? {} : place;
}

function cameraOf(camera: Part, provider: Part): string | undefined {
  const parts = [camera.either('SerialNumber', 'MACAddress').text(), provider.text()];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.join('/');
}

/** The plate's own image where it came along, and the name under which the camera keeps it. */
function imagesOf(record: Part): { imageRef?: string; imageDigest?: string } {
  const images = record.member('ImageArray').items();
  const plate = images.find((image) => image.member('ImageType').value === 'plate') ?? images[0];
  // Of several the first is that of the plate: a file's address, or a program's with the file as its `name`.
  const uri = record.member('imagesURI').items()[0]?.text();
  const name = uri === undefined ? undefined : /[?&]name=([^&#]+)/.exec(uri)?.[1];
  return {
    ...imageRef(name ?? uri ?? record.either('imageFile2', 'imageFile').text()),
    ...(plate === undefined ? {} : embeddedImage(plate.member('BinaryImage'))),
  };
}
