import { describe, expect, it } from 'vitest';
import { refusalReason } from './refusal-reason.fixture.js';
import { parseXml } from './xml.js';

const refused = (text: string) => refusalReason(() => parseXml(text));

describe('an XML document', () => {
  it('is its elements as texts, objects and lists', () => {
    expect(
      parseXml(
        '\ufeff<?xml version="1.0"?>\n<a x="1"><b>007</b><c> &lt;&amp;&gt; </c><d/><d>2</d><n:e><f>x</f></n:e></a>',
      ),
    ).toEqual({
      a: { b: '007', c: '<&>', d: ['', '2'], e: { f: 'x' } },
    });
  });

  it('knows no entity but the five, and expands none twice', () => {
    expect(parseXml('<a>&amp;lt;&nbsp;&#65;</a>')).toEqual({ a: '&lt;&nbsp;&#65;' });
  });

  it.each([
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['entities that expand', '<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>'],
    ['a document type in other letters', '<!doctype a><a/>'],
    ['depth', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`],
    ['depth beyond any stack', '<a>'.repeat(100_000)],
    ['breadth', `<a>${'<b/>'.repeat(5_000)}</a>`],
    ['an element that never ends', '<a><b></a>'],
    ['nothing', ''],
    ['text alone', 'hello'],
    ['a name that every object has', '<a><constructor>1</constructor></a>'],
    ['`__proto__`', '<a><__proto__><polluted>1</polluted></__proto__></a>'],
    ['NUL', '<a>\u0000</a>'],
  ])('with %s is refused', (_, text) => {
    expect(refused(text)).toBe('record_malformed');
    expect('polluted' in {}).toBe(false);
  });

  it('W24: is refused in linear time', () => {
    const started = performance.now();
    for (const text of ['<'.repeat(50_000), `<a ${'x="" '.repeat(10_000)}`, `<a>${'&amp'.repeat(12_000)}`])
      refused(text);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
