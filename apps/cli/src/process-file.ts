import { areaProblem } from '#policy';
import { isInstant, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { TrustError, parseBounds, type ProcessBounds } from '#trust';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/** The form in which a clerk or an officer writes down what an order or warrant allows. */
export const PROCESS_FORM = `{
  "class": "warrant",                  court-order, warrant or sworn-statement
  "docket": "26-SW-0417", "judge": "Hon. R. Example", "case_number": "26-01234",
  "valid_from": "2026-11-20T00:00:00-08:00", "valid_until": "2026-12-04T00:00:00-08:00",
  "kinds": ["plate_history"], "plates": ["7ABC123"], "areas": "any",
  "window": { "from": "2026-11-01T00:00:00-07:00", "until": "2026-11-08T00:00:00-08:00" },
  "offences": ["120"], "uses": 3
}
What it does not limit it says to be "any"; nothing may be left out. Areas: {"kind": "circle", "lat", "lon",
"radius_metres"}, {"kind": "box", "south", "west", "north", "east"} or {"kind": "polygon", "points": [{"lat", "lon"}, ...]} of
3 to 100 points. Uses are asks, to however many agencies.`;

/** @throws CliError `usage`, naming what is not acceptable */
export async function readProcessFile(path: string): Promise<{ bounds: ProcessBounds; agency: string | undefined }> {
  const document = await readJsonInput(path);
  if (!isJsonObject(document)) throw unusable(path, 'it is not one JSON object');
  const { agency, ...rest } = document;
  const missing = MEMBERS.filter((member) => !(member in rest));
  if (missing.length > 0) throw unusable(path, `missing: ${missing.join(', ')}`);
  if (agency !== undefined && typeof agency !== 'string') throw unusable(path, '`agency` is no address');
  try {
    const bounds = parseBounds(inSeconds(rest, path));
    requireAreas(bounds, path);
    return { bounds, agency };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw unusable(path, cause.message);
  }
}

/** What is signed here is refused or nothing to every owner for as long as it lives: better it is said before. */
function requireAreas({ areas }: ProcessBounds, path: string): void {
  if (areas === 'any') return;
  for (const [place, area] of areas.entries()) {
    const problem = areaProblem(area);
    if (problem !== undefined) throw unusable(path, `areas[${place}]: ${problem}`);
  }
}

const MEMBERS = [
  'class',
  'docket',
  'judge',
  'case_number',
  'valid_from',
  'valid_until',
  'kinds',
  'plates',
  'areas',
  'window',
  'offences',
  'uses',
] as const;

/** Instants as persons write them become whole seconds, as every claim has them. */
function inSeconds(document: JsonObject, path: string): JsonObject {
  const { window } = document;
  return {
    ...document,
    valid_from: seconds(document['valid_from'], 'valid_from', path),
    valid_until: seconds(document['valid_until'], 'valid_until', path),
    ...(isJsonObject(window)
      ? {
          window: {
            ...window,
            from: seconds(window['from'], 'window.from', path),
            until: seconds(window['until'], 'window.until', path),
          },
        }
      : {}),
  };
}

function seconds(value: JsonValue | undefined, member: string, path: string): number {
  if (!isInstant(value)) throw unusable(path, `\`${member}\` is no instant with its offset`);
  return Math.floor(Date.parse(value) / 1_000);
}

function unusable(path: string, why: string): CliError {
  return new CliError('usage', `\`${path}\` says no legal process: ${why}`, {
    remedy: 'comity court sign --help shows the form',
  });
}
