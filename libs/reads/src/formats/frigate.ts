import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import { imageRef } from './image-parts.js';
import { Part } from './part.js';
import { epochTime } from './place-and-time.js';
import { confidenceOf, plateOf } from './plate-parts.js';
import { deviceOf, passedOver, sighting, type ReadFormat } from './read-format.js';
import { Rejected } from '../rejection.js';

/**
 * Frigate: `frigate/events` (new, update, end), `frigate/tracked_object_update`, and events as its REST interface gives
 * them. The name that somebody gave a known plate (`sub_label`, `name`) is never taken in: it is a person's.
 */
export const frigate: ReadFormat = {
  recognises: (record) => isEvent(record) || isUpdate(record) || isRest(record),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    if (isEvent(record)) return [sighting('', () => objectOf(record.member('after'), context))];
    if (!isUpdate(record)) return [sighting('', () => objectOf(record, context))];
    // The others tell a description, a face or a class.
    if (record.member('type').value !== 'lpr') return [passedOver('', 'other_event')];
    return [sighting('', () => updateOf(record, context))];
  },
};

function objectOf(object: Part, context: CaptureContext): CapturedRead | PassedOver {
  if (object.member('false_positive').flag()) return 'false_positive';
  const data = object.member('data').isThere ? object.member('data') : object;
  const plate = data.member('recognized_license_plate');
  if (!plate.isThere || plate.value === '') return 'no_plate';
  const start = epochTime(object.member('start_time'), 1000, context);
  const latest = ['frame_time', 'end_time'].map((name) => object.member(name).number() ?? 0);
  return {
    ...plateOf(plate),
    ...start,
    ...deviceOf(object.member('camera')),
    ...confidenceOf(data.member('recognized_license_plate_score'), 1),
    ...aboutPassage(
      object.member('id'),
      Math.max(start.seenAt, ...latest.map((seconds) => Math.floor(seconds * 1000))),
    ),
  };
}

function updateOf(update: Part, context: CaptureContext): CapturedRead | PassedOver {
  const plate = update.member('plate');
  if (!plate.isThere || plate.value === '') return 'no_plate';
  const told = epochTime(update.member('timestamp'), 1000, context);
  const id = update.member('id');
  // An id begins with the instant at which the object appeared; the update states only its own.
  const start = /^(\d{10}(?:\.\d{1,6})?)-/.exec(id.text() ?? '')?.[1];
  const time = start === undefined ? told : epochTime(new Part(start, id.at), 1000, context);
  return {
    ...plateOf(plate),
    ...time,
    ...deviceOf(update.member('camera')),
    ...confidenceOf(update.member('score'), 1),
    ...aboutPassage(id, told.seenAt),
  };
}

/** Frigate's ids hold the instant and are never used again. */
function aboutPassage(
  part: Part,
  eventRevision: number,
): { eventId: string; eventRevision: number; imageRef?: string } {
  const id = part.required(part.text());
  if (!/^[\w.-]{1,100}$/.test(id)) throw new Rejected('member_malformed', part.at);
  return { eventId: id, eventRevision, ...imageRef(id) };
}

function isEvent(record: Part): boolean {
  return (
    ['new', 'update', 'end'].some((type) => record.member('type').value === type) && record.member('after').isThere
  );
}

function isUpdate(record: Part): boolean {
  return (
    typeof record.member('type').value === 'string' &&
    record.member('id').isThere &&
    !record.member('after').isThere &&
    record.member('start_time').value === undefined
  );
}

function isRest(record: Part): boolean {
  return record.member('camera').isThere && record.member('start_time').isThere && record.member('label').isThere;
}
