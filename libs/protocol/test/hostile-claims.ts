import type { JsonObject } from '#protocol';
import { BROKER, NOW_SECONDS, OWNER, REQUESTER, party, tokenOf, without } from './example-parties.js';
import { forge, type Part } from './forge.js';
import type { Forger, HostileToken } from './forger.js';

const later = (seconds: number) => NOW_SECONDS + seconds;

/** J17, J18, J19: who, to whom and when. */
export async function claimValues({ header, claims, signed, row }: Forger): Promise<HostileToken[]> {
  const cases: readonly (readonly [string, string, JsonObject, string])[] = [
    ['J17', 'aud a list of one', { aud: [BROKER] }, 'audience'],
    ['J17', 'aud a list of two', { aud: [BROKER, OWNER] }, 'audience'],
    ['J17', 'aud the endpoint', { aud: `${BROKER}/requests` }, 'audience'],
    ['J17', 'aud with a trailing slash', { aud: `${BROKER}/` }, 'audience'],
    ['J17', 'aud in upper case', { aud: BROKER.toUpperCase() }, 'audience'],
    ['J17', 'aud another broker', { aud: 'https://other-broker.example' }, 'audience'],
    ['J17', 'aud null', { aud: null }, 'audience'],
    ['J17', 'aud true', { aud: true }, 'audience'],
    ['J18', 'iss another node', { iss: OWNER }, 'issuer'],
    ['J18', 'iss a list', { iss: [REQUESTER] }, 'issuer'],
    ['J18', 'iss with a trailing slash', { iss: `${REQUESTER}/` }, 'issuer'],
    ['J18', 'sub another agency', { sub: OWNER }, 'sub has no place'],
    ['J18', 'sub its own', { sub: REQUESTER }, 'sub has no place'],
    ['J19', 'exp a text', { exp: String(later(60)) }, 'exp'],
    ['J19', 'exp in milliseconds', { exp: later(60) * 1000 }, 'exp'],
    ['J19', 'exp a fraction', { exp: later(60) + 0.5 }, 'exp'],
    ['J19', 'exp null', { exp: null }, 'exp'],
    ['J19', 'exp negative', { exp: -1 }, 'exp'],
    ['J19', 'exp 121 s after iat', { exp: later(121) }, 'lifetime'],
    ['J19', 'exp a year ahead', { exp: later(31_536_000) }, 'lifetime'],
    ['J19', 'exp before iat', { exp: later(-1) }, 'lifetime'],
    ['J19', 'exp equal to iat', { exp: later(0) }, 'lifetime'],
    ['J19', 'expired a minute ago', { iat: later(-120), exp: later(-60) }, 'expired'],
    ['J19', 'expired this second', { iat: later(-60), exp: later(0) }, 'expired'],
    ['J19', 'iat 61 s ahead', { iat: later(61), exp: later(120) }, 'issued in the future'],
    ['J19', 'iat 11 s ahead', { iat: later(11), exp: later(60) }, 'issued in the future'],
    ['J19', 'iat in milliseconds', { iat: NOW_SECONDS * 1000, exp: later(60) }, 'iat'],
    ['J19', 'iat a text', { iat: String(NOW_SECONDS) }, 'iat'],
    ['J19', 'nbf 61 s ahead', { nbf: later(61) }, 'nbf has no place'],
    ['J19', 'nbf in the past', { nbf: later(-61) }, 'nbf has no place'],
    ['J20', 'jti too short', { jti: 'abc' }, 'jti'],
    ['J20', 'jti a number', { jti: 1234567890123456 }, 'jti'],
    ['J20', 'jti with a path', { jti: '../../../../etc/passwd' }, 'jti'],
    ['J20', 'jti with a line break', { jti: 'aWRlbnRpZmllci0x\nMjM0NQ' }, 'jti'],
  ];
  const missing = ['iss', 'aud', 'iat', 'exp', 'jti'] as const;
  const stranger = await party(OWNER);
  const foreignKey = await tokenOf('request', stranger, BROKER, claims);
  const borrowedKid = forge(header, claims, stranger.privateJwk);
  return [
    ...cases.map(([id, title, changes, detail]) => row(id, title, signed(header, { ...claims, ...changes }), detail)),
    ...missing.map((member) => {
      const detail = { iss: 'issuer', aud: 'audience', iat: 'iat', exp: 'exp', jti: 'jti' }[member];
      return row('J19', `no ${member}`, signed(header, without(claims, member)), detail);
    }),
    row('J18', 'signed by another node with its own key and kid', foreignKey, 'kid is not enrolled for the issuer'),
    row('J18', 'signed by another node under the kid of the issuer', borrowedKid, 'signature'),
  ];
}

/** J07, J19, J21: claims that two readers read as two. */
export function claimTexts({ header, claims, signed, row }: Forger): HostileToken[] {
  const text = JSON.stringify(claims);
  const extended = (members: string) => text.replace(/\}$/, `,${members}}`);
  const bytes = (hex: string) =>
    Buffer.concat([Buffer.from(extended('"x":"').slice(0, -1)), Buffer.from(hex, 'hex'), Buffer.from('"}')]);
  const cases: readonly (readonly [string, string, Part])[] = [
    ['J07', 'aud twice', extended(`"aud":"${BROKER}"`)],
    ['J07', 'aud twice, once escaped', extended(String.raw`"\u0061ud":"${BROKER}"`)],
    ['J07', 'exp twice', extended('"exp":1')],
    ['J07', 'a nested member twice', extended('"query":{"plate":"A","plate":"B"}')],
    ['J07', 'a deeply nested member twice, once escaped', extended(String.raw`"a":[{"b":{"c":1,"\u0063":2}}]`)],
    ['J19', 'exp 1e999', text.replace(/"exp":\d+/, '"exp":1e999')],
    ['J19', 'exp 1e300', text.replace(/"exp":\d+/, '"exp":1e300')],
    ['J19', 'exp 2^53 + 1', text.replace(/"exp":\d+/, '"exp":9007199254740993')],
    ['J21', 'a lone surrogate', extended(String.raw`"x":"\ud800"`)],
    ['J21', 'a lone surrogate in a name', extended(String.raw`"\udfff":1`)],
    ['J21', 'NUL', extended(String.raw`"x":"\u0000"`)],
    ['J21', 'NUL in a name', extended(String.raw`"x\u0000":1`)],
    ['J21', 'a byte order mark', Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(text)])],
    ['J21', 'a byte that is never UTF-8', bytes('ff')],
    ['J21', 'an overlong sequence', bytes('c080')],
    ['J21', 'a surrogate in UTF-8', bytes('eda080')],
    ['J21', 'UTF-16', Buffer.from(text, 'utf16le')],
    ['J21', '__proto__', extended('"__proto__":{"admin":true}')],
    ['J21', '__proto__ escaped', extended(String.raw`"__prot\u006f__":{"admin":true}`)],
    ['J21', 'constructor', extended('"constructor":{"prototype":{"admin":true}}')],
    ['W03', 'nested 33 deep', extended(`"x":${'['.repeat(32)}${']'.repeat(32)}`)],
    ['W03', 'nested 15 000 deep', extended(`"x":${'['.repeat(15_000)}${']'.repeat(15_000)}`)],
    ['J21', 'a second document after the claims', `${text}{}`],
    ['J21', 'a comment', `${text}/* */`],
    ['J21', 'an array of claims', `[${text}]`],
    ['J21', 'null for the claims', 'null'],
    ['J21', 'a text for the claims', JSON.stringify(text)],
    ['J21', 'a nested token for the claims', signed(header, claims)],
  ];
  return cases.map(([id, title, payload]) => row(id, `claims with ${title}`, signed(header, payload), 'grammar'));
}
