import { InvalidArgumentError, Option, type Command } from 'commander';
import type { JsonObject, JsonValue } from '#protocol';
import { ReadsError, parseReadsQuery, readsQueryJson } from '#reads';
import { areasFromFile, collectArea } from './area-options.js';
import { CliError } from './cli-error.js';
import { digestText, secondsBetween } from './options.js';

export interface QueryOptions {
  readonly kind?: KindOption;
  readonly plate?: readonly JsonObject[];
  readonly area?: readonly JsonObject[];
  readonly areaFile?: string;
  readonly make?: string;
  readonly model?: string;
  readonly colour?: string;
  readonly type?: string;
  readonly pattern?: JsonObject;
  readonly within?: number;
  readonly reveal?: string;
  readonly companion?: readonly string[];
  readonly from?: string;
  readonly until?: string;
}

type Member = Exclude<keyof QueryOptions, 'kind' | 'from' | 'until'>;

/** What each kind is asked with, beside its window. */
const KINDS = {
  history: { kind: 'plate_history', needs: ['plate'], may: [] },
  latest: { kind: 'latest_sighting', needs: ['plate'], may: [] },
  'near-scene': { kind: 'near_scene', needs: [], may: ['area', 'areaFile'] },
  vehicle: { kind: 'vehicle_description', needs: [], may: ['make', 'model', 'colour', 'type', 'area', 'areaFile'] },
  partial: { kind: 'partial_plate', needs: ['pattern'], may: ['area', 'areaFile'] },
  together: { kind: 'travelling_together', needs: ['plate', 'within'], may: ['reveal', 'companion'] },
} as const satisfies Record<string, { kind: string; needs: readonly Member[]; may: readonly Member[] }>;

type KindOption = keyof typeof KINDS;

const FLAGS: Readonly<Record<Member, string>> = {
  plate: '--plate',
  area: '--area',
  areaFile: '--area-file',
  make: '--make',
  model: '--model',
  colour: '--colour',
  type: '--type',
  pattern: '--pattern',
  within: '--within',
  reveal: '--reveal',
  companion: '--companion',
};

export const QUERY_OPTION_NAMES: readonly string[] = ['kind', 'from', 'until', ...Object.keys(FLAGS)];

export function withQuery(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'what is asked; history when it is left out').choices(Object.keys(KINDS)))
    .option('--plate <text...>', 'a plate, or plate:state, as 7ABC123:OR', collectPlate)
    .option('--area <area...>', 'circle:LAT,LON,RADIUS or box:SOUTH,WEST,NORTH,EAST', collectArea)
    .option('--area-file <geojson>', 'areas from a GeoJSON file of polygons')
    .option('--make <word>', 'make of a vehicle')
    .option('--model <word>', 'model of a vehicle')
    .option('--colour <word>', 'colour of a vehicle')
    .option('--type <word>', 'type of a vehicle')
    .option('--pattern <text>', 'a plate with ? for each character that is not known, as 7AB?12?:OR', pattern)
    .addOption(
      new Option('--within <seconds>', 'how near in time another vehicle passed').argParser(secondsBetween(1, 600)),
    )
    .addOption(new Option('--reveal <release>', 'a release whose companions are asked for').argParser(digestText))
    .option('--companion <pseudonym...>', 'a companion of that release', collectCompanion)
    .option('--from <instant>', 'first instant, with its offset: 2026-11-01T00:00:00-07:00')
    .option('--until <instant>', 'the instant at which the window ends; it is not part of it');
}

/** What is missing for the kind that is asked. */
export function missingOf(options: QueryOptions): string[] {
  const needed = KINDS[options.kind ?? 'history'].needs.filter((name) => options[name] === undefined);
  return needed.map((name) => FLAGS[name]);
}

/** The query of the kind that is asked, as the node wants it. @throws CliError `usage` */
export async function queryOf(options: QueryOptions): Promise<JsonObject> {
  const asked = options.kind ?? 'history';
  const { kind, needs, may } = KINDS[asked];
  const own: readonly string[] = [...needs, ...may];
  const foreign = Object.entries(FLAGS).filter(([name]) => name in options && !own.includes(name));
  if (foreign.length > 0) {
    throw new CliError('usage', `${foreign.map(([, flag]) => flag).join(', ')} does not belong to --kind ${asked}`, {
      remedy: 'comity ask --help shows one example of each kind',
    });
  }
  const { plate, pattern: partial, within, reveal, companion, from = '', until = '' } = options;
  const areas = [
    ...(options.area ?? []),
    ...(options.areaFile === undefined ? [] : await areasFromFile(options.areaFile)),
  ];
  return checkedQuery({
    kind,
    ...(plate === undefined ? {} : { plates: [...plate] }),
    ...(areas.length === 0 ? {} : { areas }),
    ...(asked === 'vehicle' ? { vehicle: vehicleOf(options) } : {}),
    ...(partial === undefined ? {} : { pattern: partial }),
    ...(within === undefined ? {} : { within_seconds: within }),
    ...(reveal === undefined ? {} : { reveal: { release: reveal, companions: [...(companion ?? [])] } }),
    from,
    until,
  });
}

function vehicleOf(options: QueryOptions): JsonObject {
  const words = (['make', 'model', 'colour', 'type'] as const).flatMap((name) => {
    const word = options[name];
    return word === undefined ? [] : [[name, word] as const];
  });
  return Object.fromEntries(words);
}

/** The node reads the query again; here a typing error is told before anybody is signed in. */
export function checkedQuery(query: JsonValue): JsonObject {
  try {
    return readsQueryJson(parseReadsQuery(query));
  } catch (error) {
    if (!(error instanceof ReadsError)) throw error;
    const at = error.evidence.at === undefined ? '' : ` (${error.evidence.at})`;
    throw new CliError('usage', `${error.message}${at}`, { problem: error.code, remedy: remedyOf(error) });
  }
}

function remedyOf({ code }: ReadsError): string {
  if (code.startsWith('instant')) return 'an instant has a date, a time and an offset: 2026-11-01T00:00:00-07:00';
  if (code.startsWith('plate')) return 'a plate is given as it is written, without spaces: 7ABC123 or 7ABC123:OR';
  if (code.startsWith('area'))
    return 'an area is circle:LAT,LON,RADIUS or box:SOUTH,WEST,NORTH,EAST, or in --area-file';
  if (code.startsWith('pattern')) return 'one ? for each character that is not known: 7AB?12?';
  return 'comity ask --help';
}

function collectPlate(text: string, before: readonly JsonObject[] = []): readonly JsonObject[] {
  return [...before, plateOf(text)];
}

/** `7ABC123` or `7ABC123:OR`. */
export function plateOf(text: string): JsonObject {
  return textAndState(text, 'A plate, or plate:state, as 7ABC123:OR.');
}

function pattern(text: string): JsonObject {
  return textAndState(text, 'A partial plate, or with its state, as 7AB?12?:OR.');
}

function textAndState(given: string, form: string): JsonObject {
  const [text = '', state, ...rest] = given.split(':');
  if (rest.length > 0) throw new InvalidArgumentError(form);
  return state === undefined ? { text } : { text, state };
}

function collectCompanion(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, digestText(text)];
}
