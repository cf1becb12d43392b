import { describe, expect, it } from 'vitest';
import { allowedAttributes, allowedSpanName, errorCode } from './allowed-attributes.js';
import { BUSINESS_EVENTS } from './business-event.js';

const CANARY = 'ZZZ999X';
const CANARIES = [
  CANARY,
  CANARY.toLowerCase(),
  `plate ${CANARY}`,
  `/reads/${CANARY}`,
  `https://a.example/?p=${CANARY}`,
];

describe('the attribute allow-list', () => {
  it('lets through codes, counts and entity ids under the names that are ours', () => {
    const attributes = {
      'comity.code': 'retention_not_met',
      'comity.decision': 'deny',
      'comity.kind': 'plate_history',
      'comity.state': 'broker_denied',
      'comity.entity': 'https://juniper-bend.example/agency',
      'comity.broker': 'http://127.0.0.1:4100',
      'comity.ledger': 'broker.example/ledger',
      'comity.owner_count': 12,
      'comity.replayed': false,
      'http.request.method': 'POST',
      'http.route': '/.well-known/openid-federation',
      'http.response.status_code': 403,
      'error.type': '503',
    };
    expect(allowedAttributes(attributes)).toEqual(attributes);
    expect(allowedAttributes({ 'comity.code': 'agreement_287g' })).toEqual({ 'comity.code': 'agreement_287g' });
    expect(allowedAttributes({ 'http.route': '/requests/:txn/answers' })).toHaveProperty('http.route');
  });

  it.each([
    'url.full',
    'url.path',
    'url.query',
    'db.query.text',
    'db.postgresql.values',
    'exception.message',
    'exception.stacktrace',
    'http.request.header.authorization',
    'user_agent.original',
    'server.address',
    'process.command_args',
    'comity.plate',
    'comity.case_number',
    'comity.officer',
    'comity.read_count',
    '__proto__',
    'constructor',
  ])('drops %s whatever its value', (name) => {
    for (const value of ['code', 1, true]) {
      expect(Object.keys(allowedAttributes(Object.fromEntries([[name, value]])))).toEqual([]);
    }
  });

  it.each(CANARIES)('W14: drops `%s` under every allowed name that takes codes, methods or routes', (value) => {
    for (const name of [
      'comity.code',
      'comity.decision',
      'comity.state',
      'comity.kind',
      'comity.party',
      'error.type',
    ]) {
      expect(allowedAttributes({ [name]: value })).toEqual({});
    }
    for (const name of ['http.request.method', 'http.route', 'comity.owner_count', 'comity.replayed']) {
      expect(allowedAttributes({ [name]: value })).toEqual({});
    }
  });

  it.each([
    `https://a.example/?plate=${CANARY}`,
    `https://a.example/#${CANARY}`,
    `https://${CANARY}@a.example/`,
    `https://a.example/${CANARY}`,
    'javascript:alert(1)',
    `https://a.example/${'a'.repeat(300)}`,
    'https://a.example/ officer smith',
  ])('drops `%s` as an entity id', (value) => {
    expect(allowedAttributes({ 'comity.entity': value })).toEqual({});
  });

  it('drops lists, objects, nothing and numbers that are none', () => {
    for (const value of [['deny'], { deny: 1 }, null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 7n]) {
      expect(allowedAttributes({ 'comity.code': value, 'comity.owner_count': value })).toEqual({});
    }
  });
});

describe('the name of a span', () => {
  it.each(BUSINESS_EVENTS)('may be the business event %s', (event) => {
    expect(allowedSpanName(event, {})).toBe(event);
  });

  it('is method and declared route for a server, without a path that somebody asked for', () => {
    const route = { 'http.request.method': 'POST', 'http.route': '/requests/:txn' };
    expect(allowedSpanName('request', route)).toBe('POST /requests/:txn');
    expect(allowedSpanName('request', { 'http.request.method': 'GET', 'http.route': `/${CANARY}` })).toBe('GET');
    expect(allowedSpanName('request', { 'http.request.method': 'GET', 'url.path': `/${CANARY}` })).toBe('GET');
    expect(allowedSpanName('handler - showRead', route)).toBe('handler');
  });

  it('of a database step holds no statement and no database name', () => {
    expect(allowedSpanName(`pg.query:SELECT ${CANARY}`, {})).toBe('pg.query');
    expect(allowedSpanName('pg-pool.connect', {})).toBe('pg-pool.connect');
  });

  it.each([...CANARIES, '', 'pg.queryZZZ999X', 'officer_ask ZZZ999X'])('W14: `%s` becomes `span`', (name) => {
    expect(allowedSpanName(name, {})).toBe('span');
  });
});

describe('the code of an error', () => {
  it('is its own code where that has the form of one, else unexpected', () => {
    expect(errorCode(Object.assign(new Error(CANARY), { code: 'signature_invalid' }))).toBe('signature_invalid');
    expect(errorCode(Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' }))).toBe('econnrefused');
    for (const error of [new Error(CANARY), CANARY, undefined, null, { code: CANARY }, { code: 7 }]) {
      expect(errorCode(error)).toBe('unexpected');
    }
  });
});
