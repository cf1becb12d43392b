import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import { embeddedImage, imageRef } from './image-parts.js';
import { Part } from './part.js';
import { directionOf, epochTime, locationOf } from './place-and-time.js';
import { candidatesOf, confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { deviceOf, passedOver, rejected, sighting, sightings, type ReadFormat } from './read-format.js';
import { likeliest, vehicleOf } from './vehicle-parts.js';

const GUESS = { text: 'name', score: 'confidence', scale: 100 } as const;
const CANDIDATE = { text: 'plate', confidence: 'confidence', scale: 100 } as const;

/** Rekor Scout and OpenALPR agents: `alpr_group` (one passage, grouped) and `alpr_results` (one frame). */
export const rekor: ReadFormat = {
  recognises: (record) => /^(alpr_|heartbeat$)/.test(kindOf(record)),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    switch (kindOf(record)) {
      case 'alpr_group':
        return [sighting('', () => groupOf(record, context))];
      case 'alpr_results':
        return sightings(record.member('results'), (result) => resultOf(result, record, context));
      case 'heartbeat':
        return [passedOver('', 'heartbeat')];
      // The agent's own lists: the group that it repeats comes by itself.
      case 'alpr_alert':
        return [passedOver('', 'other_event')];
      default:
        return [rejected('data_type', 'format_mismatch')];
    }
  },
};

function groupOf(record: Part, context: CaptureContext): CapturedRead | PassedOver {
  // What is sent before the vehicle has passed; the whole group follows.
  if (record.member('is_preview').flag()) return 'preview';
  const best = record.member('best_plate');
  const { plate, nonPlate } = plateOf(
    record.member('best_plate_number').isThere ? record.member('best_plate_number') : best.member('plate'),
  );
  const vehicle = record.member('vehicle');
  const make = likeliest(vehicle.member('make'), GUESS);
  // A parked vehicle was seen there like any other, and goes nowhere.
  const parked = record.member('is_parked').flag();
  return {
    plate,
    nonPlate,
    ...stateOf(record.member('best_region'), { score: record.member('best_region_confidence'), scale: 100 }),
    ...epochTime(record.member('epoch_start'), 1, context),
    ...cameraOf(record),
    ...locationOf(record.member('gps_latitude'), record.member('gps_longitude')),
    ...confidenceOf(record.member('best_confidence'), 100),
    ...(parked ? {} : directionOf(record.member('travel_direction'))),
    ...vehicleOf({
      make,
      model: modelOf(likeliest(vehicle.member('make_model'), GUESS), make),
      colour: likeliest(vehicle.member('color'), GUESS),
      type: likeliest(vehicle.member('body_type'), GUESS),
    }),
    ...candidatesOf(record.member('candidates'), plate, CANDIDATE),
    ...imageRef(record.member('best_uuid').text()),
    ...embeddedImage(best.either('plate_crop_jpeg')),
  };
}

function resultOf(result: Part, record: Part, context: CaptureContext): CapturedRead {
  const { plate, nonPlate } = plateOf(result.member('plate'));
  return {
    plate,
    nonPlate,
    ...stateOf(result.member('region'), { score: result.member('region_confidence'), scale: 100 }),
    ...epochTime(record.member('epoch_time'), 1, context),
    ...cameraOf(record),
    ...locationOf(record.member('gps_latitude'), record.member('gps_longitude')),
    ...confidenceOf(result.member('confidence'), 100),
    ...candidatesOf(result.member('candidates'), plate, CANDIDATE),
    ...imageRef(record.member('uuid').text()),
  };
}

function kindOf(record: Part): string {
  const { value } = record.member('data_type');
  return typeof value === 'string' ? value : '';
}

/** The label that people gave the camera, else the agent's name for it. */
function cameraOf(record: Part): { device?: string } {
  const label = record.member('web_server_config').member('camera_label');
  if (label.isThere) return deviceOf(label);
  const [agent, camera] = [record.member('agent_uid'), record.member('camera_id')];
  const name = [agent.text(), camera.text()].filter((part) => part !== undefined).join('-');
  return deviceOf(camera, name === '' ? undefined : name);
}

/** `dodge_charger` of a Dodge is a `charger`. */
function modelOf(makeModel: string | undefined, make: string | undefined): string | undefined {
  if (makeModel === undefined || make === undefined) return makeModel;
  return makeModel.startsWith(`${make} `) ? makeModel.slice(make.length + 1) : makeModel;
}
