import { describe, expect, it } from 'vitest';
import { processorMilliseconds } from '../test/cost.js';
import { refusalOf } from '../test/refusal.js';
import { parseStrictJson, parseStrictObject } from './strict-json.js';

const refusal = (detail: string) => ({
  code: 'malformed_json',
  detail,
  message: 'the text is not acceptable JSON',
});

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

describe('duplicate members (J07)', () => {
  it.each([
    ['two members of one name', '{"aud":"a","aud":"b"}'],
    ['two members of one name and one value', '{"aud":"a","aud":"a"}'],
    ['a second member written with an escape', String.raw`{"aud":"a","\u0061ud":"b"}`],
    ['a first member written with an escape', String.raw`{"\u0061ud":"a","aud":"b"}`],
    ['two escapes of the same letter in different case', String.raw`{"\u006A":1,"\u006a":2}`],
    ['a surrogate pair and its two escapes', String.raw`{"😀":1,"\ud83d\ude00":2}`],
    ['two empty names', '{"":1,"":2}'],
    ['a pair inside a nested object', '{"query":{"plate":"A","plate":"B"}}'],
    ['a pair inside an object inside an array', '[{"a":[1,{"b":1,"b":2}]}]'],
    ['a pair with a nested object between', '{"a":1,"b":{"a":2,"c":[{}]},"a":3}'],
    ['a pair with an array of strings between', '{"a":1,"b":["a","a"],"a":3}'],
    ['a pair with blanks and line breaks around the names', '{ "a" : 1 ,\n\t"a" : 2 }'],
  ])('refuses %s', async (_, text) => {
    expect(await refusalOf(() => parseStrictJson(text))).toEqual(refusal('duplicate member'));
  });

  it.each([
    ['in different objects', '{"a":{"x":1},"b":{"x":2}}'],
    ['in nested objects', '{"a":{"a":{"a":1}}}'],
    ['that differ in letter case', '{"aud":1,"Aud":2}'],
    ['that look the same and are composed differently', '{"\u00e9":1,"e\u0301":2}'],
    ['of which one is a value', '{"a":"a","b":"a"}'],
    ['inside a string', String.raw`{"a":"{\"b\":1,\"b\":2}"}`],
  ])('accepts equal names %s', (_, text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });
});

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('nesting (W03)', () => {
  it('accepts 32 levels and refuses 33', async () => {
    expect(parseStrictJson(nested(32))).toEqual(JSON.parse(nested(32)));
    expect(await refusalOf(() => parseStrictJson(nested(33)))).toEqual(refusal('nested deeper than 32'));
  });

  it('counts objects and arrays together', async () => {
    const text = `${'{"a":['.repeat(17)}${']}'.repeat(17)}`;
    expect(await refusalOf(() => parseStrictJson(text))).toEqual(refusal('nested deeper than 32'));
  });

  it('does not count brackets inside a string', () => {
    const text = JSON.stringify('['.repeat(1000));
    expect(parseStrictJson(text)).toBe('['.repeat(1000));
  });

  it.each([
    ['closed arrays', nested(500_000)],
    ['arrays that never close', '['.repeat(500_000)],
    ['objects', `${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`],
  ])('refuses 500 000 levels of %s before anything recurses over them', async (_, text) => {
    const work = () => refusalOf(() => parseStrictJson(text, { maxBytes: 10_000_000 }));
    expect(await work()).toEqual(refusal('nested deeper than 32'));
    expect(await processorMilliseconds(work)).toBeLessThan(1_000);
  });
});

describe('text (J21)', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], '{}'), 'grammar'],
    ['a byte order mark in a string', '\ufeff{}', 'grammar'],
    ['a byte that is never UTF-8', bytes('{"a":"', [0xff], '"}'), 'not UTF-8'],
    ['a sequence that is cut', bytes('{"a":"', [0xe2, 0x82], '"}'), 'not UTF-8'],
    ['an overlong quotation mark', bytes('{"a":"', [0xc0, 0xa2], '"}'), 'not UTF-8'],
    ['a surrogate in UTF-8', bytes('{"a":"', [0xed, 0xa0, 0x80], '"}'), 'not UTF-8'],
    ['UTF-16', new Uint8Array(Buffer.from('{"a":1}', 'utf16le')), 'grammar'],
    ['a lone surrogate', '{"a":"\ud800"}', 'lone surrogate'],
    ['an escaped lone surrogate', String.raw`{"a":"\ud800"}`, 'lone surrogate'],
    ['two low surrogates', String.raw`{"a":"\udc00\udc00"}`, 'lone surrogate'],
    ['an escaped lone surrogate in a name', String.raw`{"\ud800":1}`, 'lone surrogate'],
    ['an escaped NUL', String.raw`{"a":"b\u0000"}`, 'NUL'],
    ['an escaped NUL in a name', String.raw`{"a\u0000":1}`, 'NUL'],
    ['an escaped NUL in a nested array', String.raw`{"a":[["\u0000"]]}`, 'NUL'],
    ['a raw NUL', '{"a":"\u0000"}', 'grammar'],
    ['a raw line break in a string', '{"a":"b\n"}', 'grammar'],
  ])('refuses %s', async (_, text, detail) => {
    expect(await refusalOf(() => parseStrictJson(text))).toEqual(refusal(detail));
  });

  it('accepts a surrogate pair, written or escaped', () => {
    expect(parseStrictJson('["😀"]')).toEqual(['😀']);
    expect(parseStrictJson(String.raw`["\ud83d\ude00"]`)).toEqual(['😀']);
  });
});

describe('names that every object answers to (W04)', () => {
  it.each([
    '__proto__',
    'constructor',
    'toString',
    'toLocaleString',
    'valueOf',
    'hasOwnProperty',
    'isPrototypeOf',
    'propertyIsEnumerable',
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
  ])('refuses the member `%s`, also nested', async (name) => {
    expect(await refusalOf(() => parseStrictJson(`{"${name}":{}}`))).toEqual(refusal(`member name ${name}`));
    expect(await refusalOf(() => parseStrictJson(`[{"a":{"${name}":1}}]`))).toEqual(refusal(`member name ${name}`));
  });

  it('refuses `__proto__` written with an escape, and no object is changed', async () => {
    const text = String.raw`{"\u005f_proto__":{"polluted":true}}`;
    expect(await refusalOf(() => parseStrictJson(text))).toEqual(refusal('member name __proto__'));
    expect('polluted' in {}).toBe(false);
  });

  it('accepts such a name as a value', () => {
    expect(parseStrictJson('{"a":"__proto__","prototype":1}')).toEqual({ a: '__proto__', prototype: 1 });
  });
});

describe('numbers (J19)', () => {
  it.each(['1e999', '-1e999', '9007199254740993', '9007199254740992', '-9007199254740992', '1e300', '1e16'])(
    'refuses %s, which two readers may read as two numbers',
    async (text) => {
      expect(await refusalOf(() => parseStrictJson(`{"exp":${text}}`))).toEqual(
        refusal('number outside the safe range'),
      );
      expect(await refusalOf(() => parseStrictJson(text))).toEqual(refusal('number outside the safe range'));
    },
  );

  it.each(['9007199254740991', '-9007199254740991', '0', '0.5', '-45.523064', '1e3'])('accepts %s', (text) => {
    expect(parseStrictJson(`[${text}]`)).toEqual([Number(text)]);
  });
});

describe('grammar', () => {
  it.each([
    '',
    ' ',
    '{',
    '}',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1}{}',
    '{"a":1} x',
    '// x\n{}',
    '[01]',
    '[+1]',
    '[.5]',
    '[1.]',
    '[0x10]',
    'NaN',
    '[Infinity]',
    'undefined',
    'True',
    '{"a":}',
    '{,}',
    '[}',
    '{]',
    ']',
    '{"a":1]',
    '"a',
    '{"a',
    String.raw`{"a\"`,
    String.raw`["\x"]`,
    String.raw`["\u12"]`,
    '\u00a0{}',
    '\u000b{}',
  ])('refuses %j', async (text) => {
    const refused = await refusalOf(() => parseStrictJson(text));
    expect(refused).toMatchObject({ code: 'malformed_json', message: 'the text is not acceptable JSON' });
    expect(['grammar', 'unterminated string']).toContain(refused.detail);
  });

  it.each(['null', 'true', 'false', '0', '"a"', '[]', '{}', ' { } ', '\r\n[ 1 , 2 ]\t'])('accepts %j', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});

describe('size', () => {
  it('accepts 65 536 bytes and refuses one more, counted in UTF-8', async () => {
    const fits = JSON.stringify('é'.repeat(32_767));
    expect(Buffer.byteLength(fits)).toBe(65_536);
    expect(parseStrictJson(fits)).toHaveLength(32_767);
    const tooLarge = { code: 'too_large', detail: undefined, message: 'the text is larger than 65536 bytes' };
    expect(await refusalOf(() => parseStrictJson(`${fits} `))).toEqual(tooLarge);
    expect(await refusalOf(() => parseStrictJson(Buffer.from(`${fits} `)))).toEqual(tooLarge);
  });

  it('takes another limit from its caller', async () => {
    expect((await refusalOf(() => parseStrictJson('[1]', { maxBytes: 2 }))).code).toBe('too_large');
    expect((await refusalOf(() => parseStrictJson('[[1]]', { maxDepth: 1 }))).detail).toBe('nested deeper than 1');
  });
});

describe('parseStrictObject', () => {
  it.each(['[]', '[{}]', 'null', '"{}"', '1', 'true'])('refuses %s where an object is due (P01)', async (text) => {
    expect(await refusalOf(() => parseStrictObject(text))).toEqual(refusal('an object is expected'));
  });

  it('accepts an object', () => {
    expect(parseStrictObject('{"a":[1]}')).toEqual({ a: [1] });
  });
});

it('names the failed check privately and repeats nothing of the text', async () => {
  for (const text of ['{"ZZZ999X":1,"ZZZ999X":2}', '{"plate":"ZZZ999X', String.raw`{"plate":"ZZZ999X\u0000"}`]) {
    const refused = await refusalOf(() => parseStrictJson(text));
    expect(refused.code).toBe('malformed_json');
    expect(JSON.stringify(refused)).not.toContain('ZZZ999X');
  }
});
