// Long because one record of each format stands here, written from its documentation, for every test to change.
import type { JsonObject, JsonValue } from '#protocol';
import type { CaptureContext, CapturedRead, RecordOutcome } from './captured-read.js';
import type { FormatName } from './format-names.js';
import { readDocument } from './read-document.js';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const CONTEXT: CaptureContext = { now: NOW, timeZone: undefined };
export const SEEN = '2026-11-22T09:30:15.250Z';
const SEEN_MS = Date.parse(SEEN);

/** The outcomes of a record as it arrives: as text. */
export function outcomesOf(format: FormatName, value: JsonValue, context = CONTEXT): RecordOutcome[] {
  return readDocument(format, typeof value === 'string' ? value : JSON.stringify(value), context);
}

/** The reads of a record of which nothing is rejected or passed over. */
export function readsOf(format: FormatName, value: JsonValue, context = CONTEXT): CapturedRead[] {
  return outcomesOf(format, value, context).map((outcome) => {
    if (outcome.kind !== 'read') throw new Error(`not a read: ${JSON.stringify(outcome)}`);
    return outcome.read;
  });
}

/** Each outcome in a word: `read`, the reason and place of a rejection, or why it is passed over. */
export function saidOf(format: FormatName, value: JsonValue, context = CONTEXT): string[] {
  return outcomesOf(format, value, context).map((outcome) => {
    if (outcome.kind === 'read') return 'read';
    return outcome.kind === 'rejected' ? `${outcome.reason} at ${outcome.at}` : outcome.why;
  });
}

export function aRekorGroup(change: JsonObject = {}): JsonObject {
  return {
    data_type: 'alpr_group',
    version: 2,
    epoch_start: SEEN_MS,
    epoch_end: SEEN_MS + 1_400,
    company_id: '00000000-0000-4000-8000-00000000000a',
    agent_uid: 'UNIT7',
    camera_id: 21,
    gps_latitude: 44.0582,
    gps_longitude: -121.3153,
    country: 'us',
    uuids: ['UNIT7-21-0001'],
    candidates: [
      { plate: '7BHM482', confidence: 93.5, matches_template: 1 },
      { plate: '78HM482', confidence: 71.25, matches_template: 1 },
      { plate: '7-BHN-482', confidence: 64, matches_template: 0 },
    ],
    best_plate: { plate: '7BHM482', confidence: 93.5, region: 'us-or', plate_crop_jpeg: 'aW1hZ2U=' },
    best_confidence: 93.5,
    best_uuid: 'UNIT7-21-0001',
    best_plate_number: '7BHM482',
    best_region: 'us-or',
    best_region_confidence: 81,
    travel_direction: 184.5,
    is_parked: false,
    is_preview: false,
    vehicle: {
      color: [
        { name: 'silver-gray', confidence: 30 },
        { name: 'blue', confidence: 66.5 },
      ],
      make: [{ name: 'subaru', confidence: 58 }],
      make_model: [{ name: 'subaru_outback', confidence: 44 }],
      body_type: [{ name: 'suv-wagon', confidence: 90 }],
    },
    web_server_config: { camera_label: 'Mill & 3rd SB', agent_label: 'unit 7' },
    ...change,
  };
}

export function aRekorResults(change: JsonObject = {}): JsonObject {
  return {
    data_type: 'alpr_results',
    version: 2,
    epoch_time: SEEN_MS,
    agent_uid: 'UNIT7',
    camera_id: 21,
    uuid: 'UNIT7-21-0002',
    results: [
      { plate: '7BHM482', confidence: 93.5, region: 'us-or', region_confidence: 81, candidates: [] },
      { plate: 'ZX 19-04', confidence: 88, region: 'us-id', region_confidence: 12, candidates: [] },
    ],
    ...change,
  };
}

export function aStreamResult(change: JsonObject = {}): JsonObject {
  return {
    box: { xmin: 1, ymin: 2, xmax: 3, ymax: 4 },
    plate: '7bhm482',
    region: { code: 'us-or', score: 0.811 },
    score: 0.935,
    candidates: [{ plate: '7bhm482' }, { plate: '78hm482' }],
    dscore: 0.7,
    vehicle: { score: 0.8, type: 'Pickup Truck', box: { xmin: 1, ymin: 2, xmax: 3, ymax: 4 } },
    model_make: [
      { make: 'Ford', model: 'Ranger', score: 0.31 },
      { make: 'Ford', model: 'F150', score: 0.02 },
    ],
    color: [{ color: 'grey', score: 0.6 }],
    direction: 190,
    source_url: 'rtsp://admin:hunter2@10.0.0.9/1',
    ...change,
  };
}

export function aStreamHook(data: JsonObject = {}, results: JsonValue = [aStreamResult()]): JsonObject {
  return {
    hook: { target: 'https://node.example/cameras/x/reads', id: 'gate', event: 'recognition', filename: 'gate/1.jpg' },
    data: {
      camera_id: 'gate',
      filename: 'gate_screenshots/26-11-22/09-30-15.jpg',
      timestamp: SEEN,
      timestamp_local: '2026-11-22 01:30:15.250000-08:00',
      results,
      ...data,
    },
  };
}

export const STREAM_CSV_HEADER =
  'timestamp,plate,score,dscore,file,box,model_make,color,vehicle,region,orientation,candidates,source_url,direction';

/** A row of Stream's CSV, by its header. */
export function aStreamRow(change: JsonObject = {}): JsonObject {
  return {
    timestamp: '2026-11-22 09:30:15.250000+00:00',
    plate: '7bhm482',
    score: '0.935',
    dscore: '0.7',
    file: '/gate_screenshots/26-11-22/09-30-15.jpg',
    box: "{'xmin': 1}",
    model_make: "[{'make': 'Ford', 'model': 'Ranger', 'score': 0.31}]",
    color: "[{'color': 'grey', 'score': 0.6}]",
    vehicle: "{'score': 0.8, 'type': 'Pickup Truck', 'box': None}",
    region: "{'code': 'us-or', 'score': 0.811}",
    orientation: "[{'orientation': 'Rear', 'score': 0.9}]",
    candidates: "[{'plate': '7bhm482'}, {'plate': '78hm482', 'score': 0.4}]",
    source_url: '/video.mp4',
    direction: '',
    ...change,
  };
}

export function aFrigateEvent(type: 'new' | 'update' | 'end', after: JsonObject = {}): JsonObject {
  return {
    type,
    before: null,
    after: {
      id: '1795339815.25-q7f3ab',
      camera: 'yard_gate',
      frame_time: SEEN_MS / 1000 + 2,
      label: 'car',
      sub_label: ['the neighbour', 0.9],
      false_positive: false,
      start_time: SEEN_MS / 1000,
      end_time: null,
      stationary: false,
      recognized_license_plate: '7BHM482',
      recognized_license_plate_score: 0.935,
      ...after,
    },
  };
}

export function aFrigateUpdate(change: JsonObject = {}): JsonObject {
  return {
    type: 'lpr',
    id: '1795339815.25-q7f3ab',
    name: 'the neighbour',
    plate: '7BHM482',
    score: 0.9,
    camera: 'yard_gate',
    timestamp: SEEN_MS / 1000 + 1,
    ...change,
  };
}

export function aSharpVRead(change: JsonObject = {}): JsonObject {
  return {
    ContextCameraName: 'Context Camera',
    ContextImage: '',
    Id: '7e0c2a52-95f8-4c1d-8f3e-2f62bb7a4d10',
    Latitude: 44.0582,
    Longitude: -121.3153,
    LprCameraName: 'Lpr Camera',
    PlateAnalytics: [
      { Key: 'State Name', Score: 0.9, Value: 'Oregon' },
      { Key: 'Vehicle Type', Score: 1, Value: 'Truck' },
      { Key: 'Confidence Score', Score: 1, Value: '93' },
      { Key: 'Relative Motion', Score: -1, Value: '-' },
    ],
    PlateImage: 'aW1hZ2U=',
    PlateRead: '7BHM482',
    SourceUrl: 'SHARPV00042',
    Timestamp: '2026-11-22T01:30:15.250',
    ...change,
  };
}

export function aSharpVFile(change: Readonly<Record<string, string>> = {}): string {
  const elements = {
    Plate: '7BHM482',
    State: 'OR',
    UTCDate: '2026:11:22',
    UTCTime: '09:30:15.250',
    CameraName: 'Lpr Camera',
    SourceName: 'SHARPV00042',
    ContextImage: '',
    PlateImage: 'aW1hZ2U=',
    LongitudeX: '-121.3153',
    LatitudeY: '44.0582',
    Guid: '7e0c2a52-95f8-4c1d-8f3e-2f62bb7a4d10',
    ...change,
  };
  const body = Object.entries(elements).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<AutoVu>${body.join('')}</AutoVu>\n`;
}

/** `anpr` replaces the inner element, `alert` what stands around it. */
export function anAlert(anpr = '', alert: Readonly<Record<string, string>> = {}): string {
  const around = {
    macAddress: '68:6d:bc:00:00:0a',
    channelID: '1',
    dateTime: '2026-11-22T01:30:15.250-08:00',
    eventType: 'ANPR',
    eventState: 'active',
    channelName: 'Depot &amp; Yard',
    ...alert,
  };
  const inner =
    anpr ||
    '<country>16</country><licensePlate>7BHM482</licensePlate><direction>forward</direction><confidenceLevel>93</confidenceLevel><vehicleType>truck</vehicleType><vehicleInfo><color>white</color></vehicleInfo>';
  const body = Object.entries(around).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
${body.join('\n')}
<ANPR>${inner}</ANPR>
</EventNotificationAlert>`;
}

/** The members of the vendor's own sample. */
export function anAxisEvent(carState: 'new' | 'update' | 'lost', change: JsonObject = {}): JsonObject {
  return {
    packetCounter: '2117397',
    capture_timestamp: String(SEEN_MS),
    frame_timestamp: `${SEEN_MS}641`,
    capture_ts: `${SEEN_MS}000000`,
    datetime: '20261122 013015250',
    plateText: '7BHM482',
    plateUnicode: '7BHM482',
    plateUTF8: '7BHM482',
    plateASCII: '7BHM482',
    plateCountry: 'USA',
    'plateISO3166-2': 'US-OR',
    plateRegion: 'Oregon',
    plateRegionCode: '',
    plateList: '',
    plateListMode: '',
    plateListDescription: '',
    plateConfidence: '0.935',
    carState,
    roiID: '1',
    geotag: { lat: 44.0582, lon: -121.3153 },
    imageType: 'plate',
    plateImageType: 'jpeg',
    plateImageSize: '0',
    carMoveDirection: 'in',
    timeProcessing: '0',
    plateCoordinates: [514, 570, 120, 28],
    plateCoordinatesRelative: [514, 570, 120, 28],
    carID: '17',
    GEOtarget: 'Camera',
    imagesURI: [
      'http://root:pass@10.0.0.8/local/fflprapp/tools.cgi?action=getImage&name=52/17lp.jpg&token=1',
      '/local/fflprapp/tools.cgi?action=getImage&name=48/17roi.jpg',
    ],
    imageFile: 'localdata/images/48/17roi.jpg',
    imageFile2: 'localdata/images/52/17lp.jpg',
    profileID: '2',
    vehicle_info: { view: 'front', type: 'CAR', color: 'BLACK', brand: 'Skoda', model: 'Rapid/Scala' },
    camera_info: { SerialNumber: 'B8A44F000001', ProdShortName: 'AXIS P1465-LE', IPAddress: '10.0.0.8' },
    sensorProviderID: 'lane1',
    ...change,
  };
}

export function aNiemRead(change: JsonObject = {}, plate: JsonObject = {}): JsonObject {
  return {
    'nc:ActivityDate': { 'nc:DateTime': SEEN },
    'nc:Vehicle': {
      'nc:ConveyanceRegistrationPlateIdentification': {
        'nc:IdentificationID': '7BHM482',
        'nc:IdentificationJurisdiction': { 'nc:LocationStateUSPostalServiceCode': 'OR' },
        ...plate,
      },
      'nc:VehicleMakeText': 'Ford',
      'nc:VehicleModelText': 'Ranger',
      'nc:ConveyanceColorPrimaryText': 'Grey',
      'nc:VehicleStyleText': 'Pickup',
    },
    'nc:Location': {
      'nc:Location2DGeospatialCoordinate': {
        'nc:GeographicCoordinateLatitude': { 'nc:LatitudeDegreeValue': 44, 'nc:LatitudeMinuteValue': 30 },
        'nc:GeographicCoordinateLongitude': { 'nc:LongitudeDegreeValue': -121, 'nc:LongitudeSecondValue': 36 },
      },
    },
    'nc:Device': { 'nc:DeviceIdentification': { 'nc:IdentificationID': 'or-12' } },
    'nc:ConfidencePercent': 93.5,
    'nc:DirectionDegreeValue': 360,
    ...change,
  };
}
