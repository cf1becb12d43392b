import type { CaptureContext, CapturedRead, FormatRecord, RecordOutcome } from './captured-read.js';
import { imageRef } from './image-parts.js';
import { Part } from './part.js';
import { directionOf, locationOf, writtenTime } from './place-and-time.js';
import { confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, sighting, sightings, type ReadFormat } from './read-format.js';
import { vehicleOf, vehicleWord } from './vehicle-parts.js';

const VEHICLE = 'nc:Vehicle';
const PLATE = 'ConveyanceRegistrationPlateIdentification';

/**
 * JSON that is shaped as NIEM names things: one read, or a list of them under `@graph`. What the core (`nc:`) named up to version 2
 * the domain of justice (`j:`) has named since, with the registration around the plate; either is read. There is no published
 * exchange of plate reads in this shape that everybody follows; the members that are read stand in the README.
 */
export const niem: ReadFormat = {
  recognises: (record) =>
    record.member(VEHICLE).isThere ||
    (Array.isArray(record.member('@graph').value) && new Part(firstOf(record)).member(VEHICLE).isThere),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    if (record.member('@graph').isThere) return sightings(record.member('@graph'), (item) => readOf(item, context));
    return [sighting('', () => readOf(record, context))];
  },
};

function readOf(record: Part, context: CaptureContext): CapturedRead {
  const vehicle = record.member(VEHICLE);
  const plate = plateIn(vehicle);
  const issuer = plate.either('nc:IdentificationJurisdiction', 'j:IdentificationJurisdiction');
  const place = record.member('nc:Location').member('nc:Location2DGeospatialCoordinate');
  const device = record.member('nc:Device').member('nc:DeviceIdentification').member('nc:IdentificationID');
  const time = record.member('nc:ActivityDate').member('nc:DateTime');
  return {
    ...plateOf(plate.member('nc:IdentificationID')),
    ...stateOf(
      issuer.either(
        'nc:LocationStateUSPostalServiceCode',
        'nc:JurisdictionUSPostalServiceCode',
        'j:LocationStateUSPostalServiceCode',
      ),
    ),
    ...writtenTime(time, context),
    ...deviceOf(device),
    ...locationOf(
      degreesOf(place.member('nc:GeographicCoordinateLatitude'), 'Latitude'),
      degreesOf(place.member('nc:GeographicCoordinateLongitude'), 'Longitude'),
    ),
    ...confidenceOf(record.member('nc:ConfidencePercent'), 100),
    ...directionOf(record.member('nc:DirectionDegreeValue')),
    ...vehicleOf({
      make: vehicleWord(vehicle.either('nc:VehicleMakeText', 'nc:VehicleMakeCode', 'j:VehicleMakeCode').text()),
      model: vehicleWord(vehicle.either('nc:VehicleModelText', 'nc:VehicleModelCode', 'j:VehicleModelCode').text()),
      colour: vehicleWord(vehicle.member('nc:ConveyanceColorPrimaryText').text()),
      type: vehicleWord(vehicle.either('nc:VehicleStyleText', 'nc:VehicleStyleCode', 'j:VehicleStyleCode').text()),
    }),
    ...imageRef(record.member('nc:Image').member('nc:BinaryURI').text()),
  };
}

function plateIn(vehicle: Part): Part {
  const registered = vehicle.either('j:ConveyanceRegistration', 'nc:ConveyanceRegistration');
  const holder = registered.isThere ? registered : vehicle;
  return holder.either(`nc:${PLATE}`, `j:${PLATE}`);
}

/** NIEM counts degrees, minutes and seconds apart. The sign stands at the degrees, and `-0` keeps it. */
function degreesOf(part: Part, axis: 'Latitude' | 'Longitude'): Part {
  const degrees = part.member(`nc:${axis}DegreeValue`);
  const whole = degrees.text();
  if (whole === undefined) return degrees;
  const minutes = part.member(`nc:${axis}MinuteValue`).number() ?? 0;
  const seconds = part.member(`nc:${axis}SecondValue`).number() ?? 0;
  if (minutes === 0 && seconds === 0) return degrees;
  const size = Math.abs(degrees.number() ?? 0) + minutes / 60 + seconds / 3600;
  const isWrong = minutes < 0 || minutes >= 60 || seconds < 0 || seconds >= 60;
  return new Part(isWrong ? Infinity : whole.startsWith('-') ? -size : size, degrees.at);
}

function firstOf(record: Part): Part['value'] {
  const { value } = record.member('@graph');
  return Array.isArray(value) ? value[0] : undefined;
}
