import type { Vocabulary } from '../vocabulary.js';

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return joined(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function allOf(words: readonly string[]): string {
  return joined(words, 'and');
}

function joined(words: readonly string[], last: string): string {
  if (words.length < 2) return words[0] ?? 'nothing';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

const HOUR = 1;
const DAY = 24;

/** Hours as a person says them: `36 hours`, `14 days`, `2 years`. */
export function span(hours: number): string {
  if (hours % (365 * DAY) === 0) return counted(hours / (365 * DAY), 'year');
  if (hours % DAY === 0) return counted(hours / DAY, 'day');
  return counted(hours / HOUR, 'hour');
}

export function seconds(value: number): string {
  if (value % 3600 === 0) return span(value / 3600);
  if (value % 60 === 0) return counted(value / 60, 'minute');
  return counted(value, 'second');
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

/** The words of a code; the code itself where the vocabulary does not have it. */
export function wordsOf(list: ReadonlyMap<string, { readonly text: string }>, id: string): string {
  return list.get(id)?.text ?? `\`${id}\``;
}

export function wordsOfAll(
  list: ReadonlyMap<string, { readonly text: string }>,
  ids: readonly string[],
): readonly string[] {
  return ids.map((id) => wordsOf(list, id));
}

/** Offences by name and code; more than `most` of them are counted instead. */
export function offenceWords(vocabulary: Vocabulary, ids: readonly string[], most = 8): string {
  const named = (id: string) => `${vocabulary.offences.get(id)?.text ?? 'unknown'} (${id})`;
  if (ids.length <= most) return anyOf(ids.map(named));
  return `${ids.slice(0, most).map(named).join(', ')} and ${counted(ids.length - most, 'more offence')}`;
}

export function sourceOf(source: string | undefined): string {
  return source === undefined ? '' : ` [${source}]`;
}
