import type {
  CaptureContext,
  CapturedRead,
  FormatRecord,
  ImagePart,
  PassedOver,
  RecordOutcome,
} from './captured-read.js';
import { imageBeside } from './image-parts.js';
import { Part } from './part.js';
import { writtenTime } from './place-and-time.js';
import { confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, passedOver, sighting, type ReadFormat } from './read-format.js';
import { vehicleOf, vehicleWord } from './vehicle-parts.js';

/** Hikvision cameras (ISAPI): `EventNotificationAlert` as XML, alone or in a multipart body with its images. */
export const hikvision: ReadFormat = {
  recognises: (record) => record.member('EventNotificationAlert').isThere,
  read({ value, images = [] }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const alert = new Part(value).member('EventNotificationAlert');
    const type = alert.member('eventType').value;
    if (typeof type === 'string' && type.toUpperCase() !== 'ANPR') return [passedOver(alert.at, 'other_event')];
    // Sent when an alarm ends; the passage was told of when it began.
    if (alert.member('eventState').value === 'inactive') return [passedOver(alert.at, 'other_event')];
    return [sighting(alert.at, () => alertOf(alert, images, context))];
  },
};

function alertOf(alert: Part, images: readonly ImagePart[], context: CaptureContext): CapturedRead | PassedOver {
  const anpr = alert.member('ANPR');
  const plate = anpr.member('licensePlate');
  if (plate.value === 'unknown' || plate.value === '') return 'no_plate';
  return {
    ...plateOf(plate),
    // `country` is a number of the vendor's own list, and no state.
    ...stateOf(anpr.either('state', 'region')),
    ...writtenTime(alert.member('dateTime'), context),
    ...deviceOf(alert.member('channelID'), nameOf(alert)),
    ...confidenceOf(anpr.member('confidenceLevel'), 100),
    ...vehicleOf({
      make: undefined,
      model: undefined,
      colour: vehicleWord(anpr.member('vehicleInfo').member('color').text()),
      type: vehicleWord(anpr.member('vehicleType').text()),
    }),
    ...imageBeside(images),
  };
}

/** The name of the channel; without one the device's hardware address and channel. */
function nameOf(alert: Part): string | undefined {
  const name = alert.member('channelName').text();
  if (name !== undefined) return name;
  const parts = [alert.member('macAddress').text(), alert.either('channelID', 'dynChannelID').text()];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.join('/');
}
