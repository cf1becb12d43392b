import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';

/** What was asked, in one line for whoever approves it. */
export function queryWords(ask: JsonObject): string {
  const query = isJsonObject(ask['query']) ? ask['query'] : {};
  const window = `from ${text(query['from'])} until ${text(query['until'])}`;
  const areas = listOf(query['areas']).map(areaWords);
  const where = areas.length === 0 ? '' : ` in ${areas.join(' and ')}`;
  return `${subject(query)}${where} ${window}`;
}

function subject(query: JsonObject): string {
  const plates = listOf(query['plates']).map(plateWords).join(' ');
  switch (text(query['kind'])) {
    case 'latest_sighting':
      return `newest read of ${plates}`;
    case 'near_scene':
      return 'every read';
    case 'vehicle_description':
      return `vehicles: ${vehicleWords(query['vehicle'])}`;
    case 'partial_plate':
      return `plates like ${plateWords(isJsonObject(query['pattern']) ? query['pattern'] : {})}`;
    case 'travelling_together': {
      const { within_seconds: within, reveal } = query;
      const near = `within ${typeof within === 'number' ? within : '?'} seconds of ${plates}`;
      return isJsonObject(reveal)
        ? `plates of ${listOfTexts(reveal['companions']).length} companions, ${near}`
        : `companions ${near}`;
    }
    case 'hot_list_alert':
      return `each read of ${plates} at once`;
    default:
      return plates;
  }
}

/** What a camera took a vehicle for, or what is asked for. */
export function vehicleWords(vehicle: JsonValue | undefined): string {
  if (!isJsonObject(vehicle)) return '';
  return ['colour', 'make', 'model', 'type']
    .map((name) => text(vehicle[name]))
    .filter((word) => word !== '')
    .join(' ');
}

function areaWords(area: JsonObject): string {
  const number = (name: string): string => (typeof area[name] === 'number' ? String(area[name]) : '?');
  switch (text(area['kind'])) {
    case 'circle':
      return `${number('radius_metres')} m around ${number('lat')}, ${number('lon')}`;
    case 'box':
      return `${number('south')}, ${number('west')} to ${number('north')}, ${number('east')}`;
    default:
      return `a polygon of ${listOf(area['points']).length} points`;
  }
}

const plateWords = (plate: JsonObject): string =>
  [text(plate['text']), text(plate['state'])].filter((part) => part !== '').join(':');

const listOf = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const listOfTexts = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
