import { Rejected } from '../rejection.js';
import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import { embeddedImage, imageRef } from './image-parts.js';
import { Part } from './part.js';
import { epochTime, locationOf, timeOfText, type CapturedTime } from './place-and-time.js';
import { confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, sighting, type ReadFormat } from './read-format.js';
import { vehicleOf, vehicleWord } from './vehicle-parts.js';

/** AXIS License Plate Verifier: NEW, UPDATE and LOST for each `carID`; the text changes from one to the next. */
export const axis: ReadFormat = {
  recognises: (record) => record.member('carID').isThere && record.member('carState').isThere,
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    return [sighting('', () => eventOf(record, context))];
  },
};

function eventOf(record: Part, context: CaptureContext): CapturedRead | PassedOver {
  refuseOtherStates(record.member('carState'));
  const text = record.either('plateUTF8', 'plateText', 'plateASCII');
  if (!text.isThere || text.value === '') return 'no_plate';
  const time = timeOf(record, context);
  const camera = record.member('camera_info');
  const device = deviceOf(camera, cameraOf(camera, record.member('sensorProviderID')));
  const geotag = record.member('geotag');
  const [vehicle, confidence] = [record.member('vehicle_info'), record.member('plateConfidence')];
  return {
    ...plateOf(text),
    ...stateOf(record.either('plateRegionCode', 'plateRegion', 'plateCountry')),
    ...time,
    ...device,
    ...locationOf(geotag.either('lat', 'latitude'), geotag.either('lon', 'longitude')),
    // Versions differ: 0.97 in one, 97 in another, and 1 is certain in each.
    ...confidenceOf(confidence, (confidence.number() ?? 0) > 1 ? 100 : 1),
    ...vehicleOf({
      make: vehicleWord(vehicle.member('make').text()),
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

/** Seconds, milliseconds or microseconds since 1970, told apart by their digits; else a written time. */
function timeOf(record: Part, context: CaptureContext): CapturedTime {
  const capture = record.either('capture_ts', 'capture_timestamp');
  if (capture.isThere) {
    const digits = capture.required(capture.text());
    if (!/^\d{10}(?:\d{3}(?:\d{3})?)?$/.test(digits)) throw new Rejected('instant_malformed', capture.at);
    const unit = { 10: 1000, 13: 1, 16: 0.001 }[digits.length] ?? 1;
    return epochTime(new Part(Math.floor(Number(digits) * unit), capture.at), 1, context);
  }
  const written = record.member('datetime');
  const text = written.required(written.text());
  const compact = /^(\d{4})(\d{2})(\d{2})[ T](\d{2})(\d{2})(\d{2})(\d{3})?$/.exec(text);
  if (!compact) return timeOfText(text, written.at, context);
  const [, year, month, day, hour, minute, second, milliseconds = '000'] = compact;
  return timeOfText(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}`, written.at, context);
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
  const uri = record.member('imagesURI').items()[0];
  return {
    ...imageRef(uri?.text()),
    ...embeddedImage(plate === undefined ? record.member('imageFile') : plate.member('BinaryImage')),
  };
}
