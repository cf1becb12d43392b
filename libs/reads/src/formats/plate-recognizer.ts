import { isJsonObject, type JsonValue } from '#protocol';
import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import { imageRef } from './image-parts.js';
import { Part } from './part.js';
import { writtenTime } from './place-and-time.js';
import { candidatesOf, confidenceOf, plateOf, stateOf } from './plate-parts.js';
import { parsePythonLiteral } from './python-literal.js';
import { deviceOf, passedOver, sighting, sightings, type ReadFormat } from './read-format.js';
import { believed, likeliest, likeliestPart, vehicleOf, vehicleWord } from './vehicle-parts.js';

/** Plate Recognizer: the webhook and JSON lines of Stream, and the answers of Snapshot. */
export const plateRecognizer: ReadFormat = {
  recognises: (record) =>
    (record.member('hook').isThere && record.member('data').isThere) ||
    (Array.isArray(record.member('results').value) &&
      record.member('timestamp').isThere &&
      !record.member('data_type').isThere),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    const record = new Part(value);
    const event = record.member('hook').member('event').value;
    if (event !== undefined && event !== 'recognition') return [passedOver('', 'other_event')];
    const data = record.member('data').isThere ? record.member('data') : record;
    return sightings(data.member('results'), (result) =>
      resultOf(result, context, {
        time: data.member('timestamp'),
        image: data.member('filename'),
        camera: data.member('camera_id'),
        cameraName: data.member('camera_id').text(),
      }),
    );
  },
};

/** The CSV of Plate Recognizer Stream: a record is a row by its header; objects stand in cells as Python writes them. */
export const plateRecognizerCsv: ReadFormat = {
  recognises: (row) =>
    ['timestamp', 'plate', 'score', 'dscore'].every((column) => row.member(column).value !== undefined),
  read({ value }: FormatRecord, context: CaptureContext): RecordOutcome[] {
    return [
      sighting('', () => {
        const row = new Part(withoutPython(value));
        const file = row.member('file').text();
        const camera = row.member('camera_id');
        // The folder of a camera's images is named after it.
        const cameraName = camera.text() ?? /(?:^|\/)([^/]+)_screenshots\//.exec(file ?? '')?.[1];
        return resultOf(row, context, { time: row.member('timestamp'), image: row.member('file'), camera, cameraName });
      }),
    ];
  },
};

interface Around {
  readonly time: Part;
  readonly image: Part;
  readonly camera: Part;
  readonly cameraName: string | undefined;
}

function resultOf(result: Part, context: CaptureContext, around: Around): CapturedRead | PassedOver {
  // A vehicle whose plate could not be read.
  if (!result.member('plate').isThere || result.member('plate').value === '') return 'no_plate';
  const { plate, nonPlate } = plateOf(result.member('plate'));
  const [region, vehicle] = [result.member('region'), result.member('vehicle')];
  const model = likeliestPart(result.either('model_make', 'make_model'), 'score', 1);
  return {
    plate,
    nonPlate,
    ...stateOf(region.member('code'), { score: region.member('score'), scale: 1 }),
    ...writtenTime(around.time, context),
    ...deviceOf(around.camera, around.cameraName),
    ...confidenceOf(result.member('score'), 1),
    ...vehicleOf({
      make: vehicleWord(model?.member('make').text()),
      model: vehicleWord(model?.member('model').text()),
      colour: likeliest(result.member('color'), { text: 'color', score: 'score', scale: 1 }),
      type: believed(vehicle.member('type'), vehicle.member('score'), 1),
    }),
    ...candidatesOf(result.member('candidates'), plate, { text: 'plate', confidence: 'score', scale: 1 }),
    ...imageRef(around.image.text()),
  };
}

const PYTHON_COLUMNS = ['model_make', 'make_model', 'color', 'vehicle', 'region', 'candidates'];

function withoutPython(row: JsonValue): JsonValue {
  if (!isJsonObject(row)) return row;
  const read = PYTHON_COLUMNS.flatMap((column): [string, JsonValue][] => {
    const cell = row[column];
    return typeof cell === 'string' ? [[column, cell.trim() === '' ? null : parsePythonLiteral(cell, column)]] : [];
  });
  return { ...row, ...Object.fromEntries(read) };
}
