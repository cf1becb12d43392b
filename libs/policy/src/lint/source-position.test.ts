import { describe, expect, it } from 'vitest';
import { sourcePositions } from './source-position.js';

const YAML = `# a comment
title: a rule
release:
  plate_history:
    require:
      - protection: retention
        at_least: days-30
      - protection: sale
`;

const JSON_TEXT = `{
  "title": "a rule",
  "release": { "plate_history": {
    "require": [
      { "protection": "retention" },
      { "protection": "sale" }
    ] } }
}`;

describe('the place of a clause', () => {
  it.each([
    ['title', 2, 1],
    ['release.plate_history.require', 5, 5],
    ['release.plate_history.require[0].at_least', 7, 9],
    ['release.plate_history.require[1]', 8, 9],
  ])('%s is found in YAML', (path, line, column) => {
    expect(sourcePositions(YAML)(path)).toEqual({ line, column });
  });

  it.each([
    ['title', 2, 3],
    ['release.plate_history', 3, 16],
    ['release.plate_history.require[1].protection', 6, 9],
  ])('%s is found in JSON', (path, line, column) => {
    expect(sourcePositions(JSON_TEXT)(path)).toEqual({ line, column });
  });

  it('of a member that is missing is the nearest that is there', () => {
    expect(sourcePositions(YAML)('release.plate_history.scope.max_plates')).toEqual({ line: 4, column: 3 });
  });

  it('is nowhere in a text that cannot be read', () => {
    expect(sourcePositions('{"a": [')('a')).toBeUndefined();
  });
});
