import { describe, expect, it } from 'vitest';
import { draftAuthority } from '../draft-parties.js';
import { parseRule } from '../parse-rule.js';
import { profiles } from '../profiles.js';
import { QUERY_KINDS } from '../rule.js';
import { startingRule } from '../starting-rule.js';
import { explainRule, explainedLines } from './explain-rule.js';
import { anyOf, seconds, span } from './plain-words.js';

function page(id: string): string {
  const profile = profiles().get(id);
  if (profile === undefined) throw new Error(id);
  const jurisdictions = new Map([...profiles().keys()].map((each) => [each, draftAuthority(each)]));
  const from = { owner: 'https://owner.example', version: 3, effectiveFrom: '2026-12-01T00:00:00Z', jurisdictions };
  return explainedLines(explainRule(parseRule(startingRule({ profile, ...from }))), 'plain').join('\n');
}

describe('a rule in plain language', () => {
  it('says who gets it, what their law has to say, on what ground, how much and what binds them, with sources', () => {
    const text = page('WA');
    expect(text).toContain('police of a city or town, sheriff or police of a county');
    expect(text).toContain(
      'after how long at most are reads deleted that belong to no case? "within 21 days", or stricter',
    );
    expect(text).toContain('[SB 6002 (2026), Driver Privacy Act]');
    expect(text).toContain('a window of at most 14 days');
    expect(text).toContain('deleted after 21 days at the latest');
    expect(text).toContain('where the camera belongs to a private person or a neighbourhood, a business or a school');
  });

  it('lists the questions that are never answered, and what is refused whatever else is said', () => {
    const text = page('WA');
    expect(text).toContain('Questions that are never answered');
    expect(text).toContain('whatever a sentence describes');
    expect(text).toContain('where the purpose is to enforce immigration law');
  });

  it.each([...profiles().keys()])('%s: the page is words, and repeats no identifier of the schema', (id) => {
    const text = page(id);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    for (const word of ['at_least', 'max_window_hours', 'as_strict_as_mine', 'meets-same', ...QUERY_KINDS]) {
      expect(text).not.toContain(word);
    }
  });

  it('is Markdown where that is wanted', () => {
    const parts = [{ heading: 'a rule', points: ['one:', '  two'] }];
    expect(explainedLines(parts, 'markdown')).toEqual(['# a rule', '', '- one:', '  - two']);
  });

  it('counts as people do', () => {
    expect([span(36), span(48), span(8760), seconds(1814400), seconds(180)]).toEqual([
      '36 hours',
      '2 days',
      '1 year',
      '21 days',
      '3 minutes',
    ]);
    expect([anyOf([]), anyOf(['a']), anyOf(['a', 'b', 'c'])]).toEqual(['nothing', 'a', 'a, b or c']);
  });
});
