import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectArea } from './area-options.js';
import { CliError } from './cli-error.js';
import { missingOf, queryOf, type QueryOptions } from './query-options.js';

const WINDOW = { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comity-areas-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

async function told(options: QueryOptions): Promise<string> {
  try {
    await queryOf({ ...WINDOW, ...options });
    return 'asked';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${error.message} → ${error.more.remedy ?? ''}`;
  }
}

const RING = [
  [-121.3, 44],
  [-121.2, 44],
  [-121.2, 44.1],
  [-121.3, 44],
];

describe('what is asked on the command line', () => {
  it('becomes the query of its kind', async () => {
    const areas = collectArea('circle:44.05,-121.3,400');
    expect(await queryOf({ kind: 'near-scene', area: areas, ...WINDOW })).toEqual({
      kind: 'near_scene',
      areas: [{ kind: 'circle', lat: 44.05, lon: -121.3, radius_metres: 400 }],
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-11-02T00:00:00.000Z',
    });
    expect(await queryOf({ kind: 'vehicle', make: 'Ford', colour: 'Blue', ...WINDOW })).toMatchObject({
      kind: 'vehicle_description',
      vehicle: { make: 'ford', colour: 'blue' },
    });
    expect(await queryOf({ kind: 'partial', pattern: { text: '7ab?12?' }, ...WINDOW })).toMatchObject({
      pattern: { text: '7AB?12?' },
    });
    expect(await queryOf({ plate: [{ text: '7ABC123' }], ...WINDOW })).toMatchObject({ kind: 'plate_history' });
  });

  it('names what is missing, and what belongs to another kind', async () => {
    expect(missingOf({ kind: 'together' })).toEqual(['--plate', '--within']);
    expect(missingOf({})).toEqual(['--plate']);
    expect(await told({ kind: 'latest', plate: [{ text: '7ABC123' }], area: collectArea('circle:44,-121,400') })).toBe(
      '--area does not belong to --kind latest → comity ask --help shows one example of each kind',
    );
    expect(await told({ kind: 'near-scene' })).not.toBe('asked');
    expect(await told({ kind: 'partial', pattern: { text: 'ABC123' } })).toContain('one ? for each character');
    expect(await told({ kind: 'vehicle' })).not.toBe('asked');
  });

  it('P13: an area that is none is told at once', async () => {
    for (const text of ['circle:44,-121', 'circle:44,-121,1e9', 'box:44,-121,45', 'ring:1,2,3', 'circle:NaN,0,1', '']) {
      expect(() => collectArea(text)).toThrow('An area is circle:LAT,LON,RADIUS');
    }
    expect(await told({ kind: 'near-scene', area: collectArea('circle:-121.3,44.05,400') })).toContain('area');
  });

  it('reads areas from GeoJSON, longitude first, and refuses a file that holds anything else', async () => {
    const polygon = { type: 'Polygon', coordinates: [RING] };
    const features = { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: polygon }] };
    for (const [name, content] of Object.entries({ polygon, features })) {
      const areaFile = await file(`${name}.geojson`, content);
      expect(await queryOf({ kind: 'near-scene', areaFile, ...WINDOW })).toMatchObject({
        areas: [
          {
            kind: 'polygon',
            points: [
              { lat: 44, lon: -121.3 },
              { lat: 44, lon: -121.2 },
              { lat: 44.1, lon: -121.2 },
            ],
          },
        ],
      });
    }
    const hole = { type: 'Polygon', coordinates: [RING, RING] };
    const point = { type: 'Point', coordinates: [-121, 44] };
    for (const content of [hole, point, { ...features, features: [point, polygon] }, {}]) {
      const areaFile = await file('wrong.geojson', content);
      expect(await told({ kind: 'near-scene', areaFile })).toContain('holds no polygon without holes');
    }
  });
});
