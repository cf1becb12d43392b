import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VOCABULARY } from './vocabulary.js';
import { vocabularyDocument } from './vocabulary-document.js';

const page = vocabularyDocument(VOCABULARY);

test('the page in docs/vocabulary.md is what `comity law vocabulary` writes', () => {
  const committed = readFileSync(new URL('../../../docs/vocabulary.md', import.meta.url), 'utf8');
  expect(page.trimEnd()).toBe(committed.trimEnd());
});

test('the page says every word of the vocabulary', () => {
  for (const { id, levels } of VOCABULARY.protections.values()) {
    expect(page).toContain(`### \`${id}\``);
    for (const level of levels) expect(page).toContain(`- \`${level.id}\`: ${level.text}`);
  }
  for (const codes of [VOCABULARY.kinds, VOCABULARY.offences, VOCABULARY.hotListSources, VOCABULARY.declarations]) {
    for (const code of codes.values()) expect(page).toContain(`- \`${code.id}\`: ${code.text}`);
  }
});
