import type { CaptureContext, CapturedRead, FormatRecord, RecordOutcome } from './captured-read.js';
import { embeddedImage, imageRef } from './image-parts.js';
import { Part } from './part.js';
import { locationOf, timeOfText, writtenTime } from './place-and-time.js';
import { confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, sighting, type ReadFormat } from './read-format.js';
import { vehicleOf, vehicleWord } from './vehicle-parts.js';

/** Genetec AutoVu SharpV: JSON over HTTP, and the XML that it leaves on an FTP server. */
export const genetec: ReadFormat = {
  recognises: (record) =>
    record.member('AutoVu').isThere || (record.member('PlateRead').isThere && record.member('LprCameraName').isThere),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    const xml = record.member('AutoVu');
    return [sighting('', () => (xml.isThere ? ofXml(xml, context) : ofJson(record, context)))];
  },
};

function ofJson(record: Part, context: CaptureContext): CapturedRead {
  const analytics = new Map(
    record
      .member('PlateAnalytics')
      .items()
      .map((item) => [item.member('Key').text(), item.member('Value')]),
  );
  const said = (key: string) => analytics.get(key) ?? new Part(undefined, 'PlateAnalytics');
  const confidence = said('Confidence Score');
  return {
    ...plateOf(record.member('PlateRead')),
    ...stateOf(said('State Name')),
    ...writtenTime(record.member('Timestamp'), context),
    ...deviceOf(record.member('LprCameraName'), named(record.member('SourceUrl'), record.member('LprCameraName'))),
    ...locationOf(record.member('Latitude'), record.member('Longitude')),
    ...(confidence.text() === '-' ? {} : confidenceOf(confidence, 100)),
    ...vehicleOf({
      make: vehicleWord(said('Vehicle Make').text()),
      model: undefined,
      colour: vehicleWord(said('Vehicle Color').text()),
      type: vehicleWord(said('Vehicle Type').text()),
    }),
    ...imageRef(record.member('Id').text()),
    ...imageOf(record),
  };
}

function ofXml(record: Part, context: CaptureContext): CapturedRead {
  const [date, time] = [record.member('UTCDate'), record.member('UTCTime')];
  // The date has colons and the time no zone: the names of the members say that both are UTC.
  const written = `${date.required(date.text()).replaceAll(':', '-')}T${time.required(time.text())}Z`;
  return {
    ...plateOf(record.member('Plate')),
    ...stateOf(record.member('State')),
    ...timeOfText(written, date.at, context),
    ...deviceOf(record.member('CameraName'), named(record.member('SourceName'), record.member('CameraName'))),
    ...locationOf(record.member('LatitudeY'), record.member('LongitudeX')),
    ...imageRef(record.member('Guid').text()),
    ...imageOf(record),
  };
}

/** Each unit calls its camera alike (`Lpr Camera`): only with the unit's own name is it one camera. */
function named(unit: Part, camera: Part): string | undefined {
  const parts = [unit.text(), camera.text()].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('/');
}

function imageOf(record: Part): { imageDigest?: string } {
  const plate = embeddedImage(record.member('PlateImage'));
  return plate.imageDigest === undefined ? embeddedImage(record.member('ContextImage')) : plate;
}
