import type { JsonValue } from '#protocol';
import type { Area } from './area.js';
import type { Point } from './sphere.js';
import type {
  AreaSize,
  BudgetUse,
  Fact,
  Facts,
  HotListEntry,
  LegalProcessContent,
  SignedDeclaration,
} from './facts.js';
import { FactsReader, MAX_TEXT } from './facts-reader.js';
import type { SearchedScope, Warrant } from './warrant.js';

const MAX_NARRATIVE = 4000;
const MAX_LIST = 512;

const REQUEST_MEMBERS = [
  'kind',
  'content_kind',
  'window',
  'plate_count',
  'area',
  'characters',
  'fan_out',
  'purpose',
  'offence',
  'exception',
  'legal_process',
  'legal_process_content',
  'warrant',
  'searched',
  'declarations',
  'hot_list',
  'camera_owner_classes',
  'onward',
  'budgets',
  'overdue_duties',
  'witnesses',
  'case_active',
  'approval_exists',
  'approver_distinct',
  'approver_role',
  'officer_acr',
  'officer_role',
  'case_number',
  'narrative',
];

/** The request, as facts write it. */
export class RequestReader extends FactsReader {
  protected request(value: JsonValue | undefined): Facts['request'] {
    const request = this.object(value, 'request', [], REQUEST_MEMBERS);
    const at = <T>(name: string, read: (value: JsonValue | undefined, path: string) => T): Fact<T> =>
      this.fact(request, name, `request.${name}`, read);
    const text = (name: string, max = MAX_TEXT): Fact<string> => at(name, (entry, path) => this.text(entry, path, max));
    const number = (name: string): Fact<number> => at(name, (entry, path) => this.number(entry, path));
    const flag = (name: string): Fact<boolean> => at(name, (entry, path) => this.flag(entry, path));
    return {
      kind: text('kind'),
      contentKind: text('content_kind'),
      window: at('window', (entry, path) => this.window(entry, path)),
      plateCount: number('plate_count'),
      area: at('area', (entry, path) => this.areaSize(entry, path)),
      characters: number('characters'),
      fanOut: number('fan_out'),
      purpose: text('purpose'),
      offence: text('offence'),
      exception: text('exception'),
      legalProcess: text('legal_process'),
      legalProcessContent: at('legal_process_content', (entry, path) => this.legalProcess(entry, path)),
      warrant: at('warrant', (entry, path) => this.warrant(entry, path)),
      searched: at('searched', (entry, path) => this.searched(entry, path)),
      declarations: at('declarations', (entry, path) =>
        this.each(entry, path, (one, place) => this.declaration(one, place)),
      ),
      hotList: at('hot_list', (entry, path) => this.hotList(entry, path)),
      cameraOwnerClasses: at('camera_owner_classes', (entry, path) => this.texts(entry, path)),
      onward: flag('onward'),
      budgets: at('budgets', (entry, path) => this.each(entry, path, (one, place) => this.budget(one, place))),
      overdueDuties: number('overdue_duties'),
      witnesses: number('witnesses'),
      caseActive: flag('case_active'),
      approvalExists: flag('approval_exists'),
      approverDistinct: flag('approver_distinct'),
      approverRole: text('approver_role'),
      officerAcr: text('officer_acr'),
      officerRole: text('officer_role'),
      caseNumber: text('case_number'),
      narrative: text('narrative', MAX_NARRATIVE),
    };
  }

  private each<T>(
    value: JsonValue | undefined,
    path: string,
    read: (entry: JsonValue, path: string) => T,
  ): readonly T[] {
    if (value === undefined) this.problem(path, 'is missing');
    return this.list(value, path, 0, MAX_LIST).map((entry, index) => read(entry, `${path}[${index}]`));
  }

  private legalProcess(value: JsonValue | undefined, path: string): LegalProcessContent {
    const process = this.object(value, path, ['class', 'has_reference'], []);
    return {
      class: this.text(process['class'], `${path}.class`, MAX_TEXT),
      hasReference: this.flag(process['has_reference'], `${path}.has_reference`),
    };
  }

  private areaSize(value: JsonValue | undefined, path: string): AreaSize {
    const area = this.object(value, path, ['count', 'square_km'], []);
    return {
      count: this.number(area['count'], `${path}.count`),
      squareKm: this.number(area['square_km'], `${path}.square_km`),
    };
  }

  private hotList(value: JsonValue | undefined, path: string): HotListEntry {
    const entry = this.object(value, path, ['source', 'refreshed_at'], []);
    return {
      source: this.text(entry['source'], `${path}.source`, MAX_TEXT),
      refreshedAtMs: this.instant(entry['refreshed_at'], `${path}.refreshed_at`),
    };
  }

  private declaration(value: JsonValue, path: string): SignedDeclaration {
    const members = ['declaration', 'wording', 'sworn', 'issuer', 'signed_at', 'until', 'digest'];
    const declaration = this.object(value, path, members, []);
    const text = (name: string): string => this.text(declaration[name], `${path}.${name}`, MAX_TEXT);
    return {
      declaration: text('declaration'),
      wording: text('wording'),
      sworn: this.flag(declaration['sworn'], `${path}.sworn`),
      issuer: text('issuer'),
      signedAtMs: this.instant(declaration['signed_at'], `${path}.signed_at`),
      untilMs: this.instant(declaration['until'], `${path}.until`),
      digest: text('digest'),
    };
  }

  private budget(value: JsonValue, path: string): BudgetUse {
    const use = this.object(value, path, ['per', 'counted', 'hours', 'used'], []);
    const code = <T extends string>(name: string, list: readonly T[]): T =>
      this.code(use[name], `${path}.${name}`, new Set<string>(list)) as T;
    return {
      per: code('per', ['officer', 'case', 'plate', 'agency']),
      counted: code('counted', ['requests', 'plates', 'exceptions']),
      hours: this.number(use['hours'], `${path}.hours`),
      used: this.number(use['used'], `${path}.used`),
    };
  }

  private warrant(value: JsonValue | undefined, path: string): Warrant {
    const warrant = this.object(value, path, WARRANT_MEMBERS, []);
    const text = (name: string): string => this.text(warrant[name], `${path}.${name}`, MAX_TEXT);
    const orAny = <T>(name: string, read: (value: JsonValue | undefined, path: string) => T): T | 'any' =>
      warrant[name] === 'any' ? 'any' : read(warrant[name], `${path}.${name}`);
    return {
      class: text('class'),
      signedBy: this.code(
        warrant['signed_by'],
        `${path}.signed_by`,
        new Set(['court', 'agency']),
      ) as Warrant['signedBy'],
      issuer: text('issuer'),
      digest: text('digest'),
      committedDigest: text('committed_digest'),
      validFromMs: this.instant(warrant['valid_from'], `${path}.valid_from`),
      validUntilMs: this.instant(warrant['valid_until'], `${path}.valid_until`),
      revoked: this.flag(warrant['revoked'], `${path}.revoked`),
      kinds: orAny('kinds', (entry, at) => this.texts(entry, at)),
      plates: orAny('plates', (entry, at) => this.texts(entry, at)),
      areas: orAny('areas', (entry, at) => this.areas(entry, at)),
      window: orAny('window', (entry, at) => this.window(entry, at)),
      offences: orAny('offences', (entry, at) => this.texts(entry, at)),
      caseNumber: text('case_number'),
      usesAllowed: orAny('uses_allowed', (entry, at) => this.number(entry, at)),
      usesSpent: this.number(warrant['uses_spent'], `${path}.uses_spent`),
    };
  }

  private searched(value: JsonValue | undefined, path: string): SearchedScope {
    const searched = this.object(value, path, ['plates', 'areas'], []);
    return {
      plates: this.texts(searched['plates'], `${path}.plates`),
      areas: this.areas(searched['areas'], `${path}.areas`),
    };
  }

  private areas(value: JsonValue | undefined, path: string): readonly Area[] {
    return this.each(value, path, (entry, at) => this.area(entry, at));
  }

  /** `{"lat", "lon", "radius_metres"}`, `{"south", "west", "north", "east"}` or `{"points": [{"lat", "lon"}]}`. */
  private area(value: JsonValue, path: string): Area {
    if (typeof value === 'object' && value !== null && 'points' in value) {
      const polygon = this.object(value, path, ['points'], []);
      return {
        kind: 'polygon',
        points: this.each(polygon['points'], `${path}.points`, (at, of) => this.point(at, of)),
      };
    }
    const circle = ['lat', 'lon', 'radius_metres'];
    const isCircle = typeof value === 'object' && value !== null && 'radius_metres' in value;
    const area = this.object(value, path, isCircle ? circle : ['south', 'west', 'north', 'east'], []);
    const number = (name: string): number => this.number(area[name], `${path}.${name}`);
    return isCircle
      ? { kind: 'circle', lat: number('lat'), lon: number('lon'), radiusMetres: number('radius_metres') }
      : { kind: 'box', south: number('south'), west: number('west'), north: number('north'), east: number('east') };
  }

  private point(value: JsonValue, path: string): Point {
    const point = this.object(value, path, ['lat', 'lon'], []);
    return { lat: this.number(point['lat'], `${path}.lat`), lon: this.number(point['lon'], `${path}.lon`) };
  }
}

const WARRANT_MEMBERS = [
  'class',
  'signed_by',
  'issuer',
  'digest',
  'committed_digest',
  'valid_from',
  'valid_until',
  'revoked',
  'kinds',
  'plates',
  'areas',
  'window',
  'offences',
  'case_number',
  'uses_allowed',
  'uses_spent',
];
