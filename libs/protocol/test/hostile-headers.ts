import { without } from './example-parties.js';
import { encodePart } from './forge.js';
import type { Forger, HostileToken } from './forger.js';

export function hostileHeaders(forger: Forger): HostileToken[] {
  return [
    ...noAlgorithm(forger),
    ...keyNames(forger),
    ...broughtAlong(forger),
    ...otherMembers(forger),
    ...headerTexts(forger),
  ];
}

/** J01: no algorithm, with the signature left out and kept. */
function noAlgorithm({ header, claims, signed, row }: Forger): HostileToken[] {
  const wrongAlg = 'alg is not that of the enrolled key';
  const algorithms: readonly (readonly [string, unknown, string])[] = [
    ['none', 'none', wrongAlg],
    ['NONE', 'NONE', wrongAlg],
    ['nOnE', 'nOnE', wrongAlg],
    ['empty', '', wrongAlg],
    ['a list', ['Ed25519'], 'header values'],
    ['a list with none', ['none', 'Ed25519'], 'header values'],
    ['null', null, 'header values'],
    ['a number', 0, 'header values'],
    ['RS256', 'RS256', wrongAlg],
    ['ES256', 'ES256', wrongAlg],
    ['EdDSA for a key enrolled as Ed25519', 'EdDSA', wrongAlg],
    ['in lower case', 'ed25519', wrongAlg],
    ['with a blank', 'Ed25519 ', wrongAlg],
    ['Ed448', 'Ed448', wrongAlg],
  ];
  return [
    ...algorithms.flatMap(([name, alg, detail]) => [
      row('J01', `alg ${name}, signature kept`, signed({ ...header, alg }, claims), detail),
      row(
        'J01',
        `alg ${name}, signature empty`,
        `${encodePart({ ...header, alg })}.${encodePart(claims)}.`,
        'not a compact JWS',
      ),
    ]),
    row('J01', 'alg missing', signed(without(header, 'alg'), claims), 'header members'),
  ];
}

/** J03: a kid is a name of an enrolled key and nothing else. */
function keyNames({ requester, header, claims, signed, row, trapAddress }: Forger): HostileToken[] {
  const unknown = 'kid is not enrolled for the issuer';
  const { kid } = requester.signing;
  const names: readonly (readonly [string, unknown, string])[] = [
    ['a path', '../../dev/null', unknown],
    ['an absolute path', '/dev/null', unknown],
    ['SQL', "' OR 1=1 --", unknown],
    ['SQL that selects a key', "x' UNION SELECT 'key", unknown],
    ['__proto__', '__proto__', unknown],
    ['constructor', 'constructor', unknown],
    ['a regular expression', '.*', unknown],
    ['a line break', `${kid}\n`, unknown],
    ['a blank', ` ${kid}`, unknown],
    ['another case', kid.toLowerCase() === kid ? kid.toUpperCase() : kid.toLowerCase(), unknown],
    ['5 kB', 'a'.repeat(5000), unknown],
    ['empty', '', unknown],
    ['an address', trapAddress, unknown],
    ['half of it', kid.slice(0, 20), unknown],
    ['a number', 7, 'header values'],
    ['null', null, 'header values'],
    ['a list', [kid], 'header values'],
    ['an object', { kid }, 'header values'],
    ['NUL in it', `${kid}\u0000`, 'grammar'],
  ];
  return [
    ...names.map(([name, value, detail]) =>
      row('J03', `kid: ${name}`, signed({ ...header, kid: value }, claims), detail),
    ),
    row('J03', 'kid missing', signed(without(header, 'kid'), claims), 'header members'),
  ];
}

/** J04: a key, or the address of one, brought along beside a good signature. */
function broughtAlong({ requester, header, claims, signed, row, trapAddress }: Forger): HostileToken[] {
  const jwk = requester.signing.publicJwk;
  const members = { jku: trapAddress, x5u: trapAddress, x5c: ['MIIB'], x5t: 'AAAA', 'x5t#S256': 'AAAA', jwk };
  return Object.entries(members).map(([name, value]) =>
    row('J04', `${name} beside a good signature`, signed({ ...header, [name]: value }, claims), 'header members'),
  );
}

/** J05, J06, J16: exactly the members of the profile. */
function otherMembers({ header, claims, signed, row, trapAddress }: Forger): HostileToken[] {
  const members: readonly (readonly [string, string, object])[] = [
    ['J05', 'crit with an unknown name', { crit: ['x'], x: 1 }],
    ['J05', 'crit empty', { crit: [] }],
    ['J05', 'crit naming an absent member', { crit: ['exp'] }],
    ['J05', 'crit naming a registered member', { crit: ['alg'] }],
    ['J05', 'zip', { zip: 'DEF' }],
    ['J05', 'cty', { cty: 'JWT' }],
    ['J05', 'a claim in the header', { iss: 'https://salish-point.example' }],
    ['J05', 'an unknown member', { x: 1 }],
    ['J05', 'an empty name', { '': 1 }],
    ['J06', 'b64 false with crit', { b64: false, crit: ['b64'] }],
    ['J06', 'b64 false without crit', { b64: false }],
    ['J06', 'b64 true', { b64: true }],
  ];
  const types: readonly (readonly [string, unknown])[] = [
    ['JWT', 'JWT'],
    ['with the prefix application/', 'application/comity-request+jwt'],
    ['in upper case', 'COMITY-REQUEST+JWT'],
    ['with a blank', 'comity-request+jwt '],
    ['of a receipt', 'comity-receipt+jwt'],
    ['a list', ['comity-request+jwt']],
    ['null', null],
  ];
  return [
    ...members.map(([id, title, extra]) => row(id, title, signed({ ...header, ...extra }, claims), 'header members')),
    ...types.map(([title, typ]) => row('J16', `typ ${title}`, signed({ ...header, typ }, claims), 'header values')),
    row('J16', 'typ missing', signed(without(header, 'typ'), claims), 'header members'),
    row('J16', 'no trust chain', signed(without(header, 'trust_chain'), claims), 'header members'),
    row('J16', 'an empty trust chain', signed({ ...header, trust_chain: [] }, claims), 'trust chain'),
    row(
      'J16',
      'a trust chain of nine',
      signed({ ...header, trust_chain: Array.from({ length: 9 }, () => 'a.b.c') }, claims),
      'trust chain',
    ),
    row(
      'J16',
      'a trust chain that is an address',
      signed({ ...header, trust_chain: trapAddress }, claims),
      'trust chain',
    ),
  ];
}

/** J07, J21: headers that two readers read as two. */
function headerTexts({ header, claims, signed, row }: Forger): HostileToken[] {
  const text = JSON.stringify(header);
  const extended = (members: string) => text.replace(/\}$/, `,${members}}`);
  const cases: readonly (readonly [string, string, string | Buffer])[] = [
    ['J07', 'alg twice', extended('"alg":"none"')],
    ['J07', 'alg twice, once escaped', extended(String.raw`"\u0061lg":"none"`)],
    ['J07', 'alg twice, the good one last', text.replace(/^\{/, '{"alg":"none",')],
    ['J07', 'kid twice', extended('"kid":"other"')],
    ['J07', 'typ twice, once escaped', extended(String.raw`"t\u0079p":"JWT"`)],
    ['J21', '__proto__', extended('"__proto__":{"alg":"none"}')],
    ['J21', 'a byte order mark', Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(text)])],
    ['J21', 'a trailing comma', text.replace(/\}$/, ',}')],
    ['J21', 'two documents', `${text}${text}`],
    ['J21', 'a list', `[${text}]`],
    ['J21', 'nothing', ' '],
  ];
  return cases.map(([id, title, bytes]) => row(id, `header with ${title}`, signed(bytes, claims), 'grammar'));
}
