import { describe, expect, it } from 'vitest';
import { jsonText } from './json-output.js';
import { table } from './table.js';
import { bad, bold, plainText, processTerminal, written } from './terminal.js';

describe('a line on a terminal', () => {
  it.each([
    ['an escape sequence', '\u001b[2J\u001b[1;1Hforged', '\uFFFD[2J\uFFFD[1;1Hforged'],
    ['line breaks', 'one\ntwo\r\nthree', 'one two\uFFFD three'],
    ['a C1 control sequence', '\u009b31mred', '\uFFFD31mred'],
    ['direction marks', 'abc\u202Edef', 'abc\uFFFDdef'],
    ['line separators', 'a\u2028b\u2029c', 'a\uFFFDb\uFFFDc'],
    ['a bell and a NUL', 'a\u0007b\u0000', 'a\uFFFDb\uFFFD'],
  ])('W15: shows %s of another node as harmless text', (_, text, shown) => {
    expect(written(text, true)).toBe(shown);
    expect(written([bad(text)], true)).toBe(`\u001b[31m${shown}\u001b[0m`);
  });

  it('is coloured only where colours are wanted', () => {
    expect(written([bold('a'), 'b'], true)).toBe('\u001b[1ma\u001b[0mb');
    expect(written([bold('a'), 'b'], false)).toBe('ab');
  });
});

const screen = (isTTY: boolean) => {
  const texts: string[] = [];
  return { isTTY, texts, write: (text: string) => texts.push(text) };
};

describe('the terminal of the process', () => {
  it.each([
    ['a screen', true, {}, true],
    ['a pipe', false, {}, false],
    ['a screen with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a screen with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('colours on %s: %s', (_, isTTY, environment, coloured) => {
    const stdout = screen(isTTY);
    processTerminal(stdout, screen(isTTY), environment).out([bold('x')]);
    expect(stdout.texts.join('').includes('\u001b')).toBe(coloured);
  });

  it('replaces progress in place, and says nothing of it where nobody looks', () => {
    const stderr = screen(true);
    const terminal = processTerminal(screen(false), stderr, {});
    terminal.progress('half');
    terminal.err('done');
    expect(stderr.texts).toEqual(['half', '\r\u001b[K', 'done\n']);
    const pipe = screen(false);
    processTerminal(pipe, pipe, {}).progress('half');
    expect(pipe.texts).toEqual([]);
  });
});

describe('a table', () => {
  it('aligns columns and leaves out those that are empty', () => {
    const rows = table(
      ['a', 'empty', 'long header'],
      [
        ['1', '', 'x'],
        ['22', '', 'y'],
      ],
      '  ',
    );
    expect(rows.map(plainText)).toEqual(['  a   long header', '  1   x', '  22  y']);
  });
});

describe('JSON on a terminal', () => {
  it('W15: escapes what a screen would obey, and stays the same document', () => {
    const value = { text: 'a\u001b[2J\u009b\u202E\u2028\u{E0001}b' };
    const text = jsonText(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
