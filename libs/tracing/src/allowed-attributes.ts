import { BUSINESS_EVENTS } from './business-event.js';

export type AllowedValue = string | number | boolean;

/** What a flow may say about its step. Never a count of reads: hit and miss must look alike from outside. */
export interface BusinessAttributes {
  /** A stable code of ours: an outcome, an error, a reason. */
  readonly 'comity.code'?: string;
  readonly 'comity.decision'?: string;
  readonly 'comity.state'?: string;
  readonly 'comity.kind'?: string;
  readonly 'comity.party'?: string;
  /** Entity ids, and origins of ledgers. */
  readonly 'comity.entity'?: string;
  readonly 'comity.requester'?: string;
  readonly 'comity.owner'?: string;
  readonly 'comity.broker'?: string;
  readonly 'comity.ledger'?: string;
  readonly 'comity.owner_count'?: number;
  readonly 'comity.reason_count'?: number;
  readonly 'comity.batch_size'?: number;
  readonly 'comity.attempt'?: number;
  readonly 'comity.tree_size'?: number;
  readonly 'comity.leaf_index'?: number;
  readonly 'comity.waited_ms'?: number;
  readonly 'comity.replayed'?: boolean;
}

type Form = 'number' | 'boolean' | 'code' | 'method' | 'route' | 'entity';

const FORMS = {
  'comity.code': 'code',
  'comity.decision': 'code',
  'comity.state': 'code',
  'comity.kind': 'code',
  'comity.party': 'code',
  'comity.entity': 'entity',
  'comity.requester': 'entity',
  'comity.owner': 'entity',
  'comity.broker': 'entity',
  'comity.ledger': 'entity',
  'comity.owner_count': 'number',
  'comity.reason_count': 'number',
  'comity.batch_size': 'number',
  'comity.attempt': 'number',
  'comity.tree_size': 'number',
  'comity.leaf_index': 'number',
  'comity.waited_ms': 'number',
  'comity.replayed': 'boolean',
  'db.system.name': 'code',
  'error.type': 'code',
  'http.request.method': 'method',
  'http.response.status_code': 'number',
  'http.route': 'route',
  'server.port': 'number',
} as const satisfies Record<keyof BusinessAttributes, Form> & Record<string, Form>;

const ALLOWED = new Map<string, Form>(Object.entries(FORMS));

/**
 * Words of lower-case letters; digits only in codes of several words (`agreement_287g`) and as three digits alone (a
 * status). A plate in either case is none of these.
 */
const CODE = /^(?:[a-z]{1,64}|(?=.{3,64}$)[a-z0-9]+(?:[_.:-][a-z0-9]+)+|[1-5][0-9]{2})$/;
const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;
/** A route as it was declared: fixed lower-case words without digits, `:parameters` and a last `*`. */
const ROUTE = /^(?=.{1,128}$)(?:\/(?:[a-z._-]+|v[0-9]|:[A-Za-z]+|\*)?)+$/;
/** An entity id (http or https URL without query, fragment and user), or a ledger's origin, which has no scheme. */
const ENTITY = /^(?=.{1,256}$)(?:https?:\/\/)?[a-z0-9.-]+(?::[0-9]{1,5})?(?:\/[a-z0-9._-]+)*\/?$/;

/**
 * The attributes that may leave the process: names of the list above whose value has the form of the name. All others
 * go without a word, among them what the instrumentations add by themselves: addresses with queries, SQL, headers,
 * exception texts (attack W14; law 10: no personal data in spans).
 */
export function allowedAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, AllowedValue> {
  const allowed: Record<string, AllowedValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const form = ALLOWED.get(name);
    if (form !== undefined && hasForm(form, value)) allowed[name] = value;
  }
  return allowed;
}

function hasForm(form: Form, value: unknown): value is AllowedValue {
  switch (form) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'code':
      return typeof value === 'string' && CODE.test(value);
    case 'method':
      return typeof value === 'string' && METHOD.test(value);
    case 'route':
      return typeof value === 'string' && ROUTE.test(value);
    case 'entity':
      return typeof value === 'string' && ENTITY.test(value);
  }
}

/** An error as one code: its own `code` in lower case where that has the form of a code, else `unexpected`. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  const lowerCase = typeof code === 'string' ? code.toLowerCase() : '';
  return CODE.test(lowerCase) ? lowerCase : 'unexpected';
}

const BUSINESS_NAMES: ReadonlySet<string> = new Set(BUSINESS_EVENTS);
const DATABASE_NAMES = ['pg.query', 'pg.connect', 'pg-pool.connect'];

/**
 * The name under which a span may leave: one of ours, a database step without its statement, or `METHOD /route` as
 * declared; anything else becomes `span`.
 */
export function allowedSpanName(name: string, attributes: Readonly<Record<string, unknown>>): string {
  if (BUSINESS_NAMES.has(name)) return name;
  const database = DATABASE_NAMES.find((known) => name === known || name.startsWith(`${known}:`));
  if (database !== undefined) return database;
  const { 'http.request.method': method, 'http.route': route } = allowedAttributes(attributes);
  if (name.startsWith('handler - ')) return 'handler';
  if (method === undefined) return 'span';
  return route === undefined ? String(method) : `${method} ${route}`;
}
