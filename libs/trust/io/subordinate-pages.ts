import { isJsonObject, type Clock, type JsonValue } from '#protocol';
import { TrustError } from '../src/index.js';

export interface ListLimits {
  /** Subordinates of one authority. */
  readonly maxListed: number;
  /** Of one list; a page holds a thousand names where its authority agrees. */
  readonly maxPages: number;
  /** For all pages of one list together. */
  readonly listMs: number;
}

/** What is asked for at once, as a page of Comity's authority holds at most. */
export const PAGE_SIZE = 1_000;

/**
 * Reads a list page by page (OpenID Federation Extended Subordinate Listing 1.0, `next_entity_id`). Whoever serves it chooses
 * the pages, so that names, pages and time are bounded, each page has to bring a name that was not there yet, and no page is
 * begun twice: a list without an end is refused, and what was listed before stays.
 *
 * @param since when the list was first asked for, in milliseconds
 * @param page the answer that begins with `from`; with the first of all where it is `undefined`
 * @throws TrustError `too_many`, `answer_refused`, and what `page` throws
 */
export async function readPages(
  authority: string,
  page: (from: string | undefined) => Promise<JsonValue>,
  limits: ListLimits,
  { clock, since }: { readonly clock: Clock; readonly since: number },
): Promise<string[]> {
  const about = { entityId: authority };
  const until = since + limits.listMs;
  const listed = new Set<string>();
  const begun = new Set<string | undefined>();
  let from: string | undefined;
  do {
    if (begun.size >= limits.maxPages) throw new TrustError('too_many', 'more pages of a list than are read', about);
    if (clock.now() >= until) throw new TrustError('too_many', 'a list longer than there is time for', about);
    begun.add(from);
    const { names, next } = readPage(await page(from), authority);
    const before = listed.size;
    for (const name of names) listed.add(name);
    if (listed.size > limits.maxListed) throw new TrustError('too_many', 'more subordinates than are read', about);
    if (next !== undefined && (begun.has(next) || listed.size === before)) {
      throw new TrustError('answer_refused', 'pages of a list that lead nowhere', about);
    }
    from = next;
  } while (from !== undefined);
  return [...listed];
}

function readPage(value: JsonValue, entityId: string): { names: readonly string[]; next: string | undefined } {
  const refused = new TrustError('answer_refused', 'no page of a list of subordinates', { entityId });
  if (!isJsonObject(value)) throw refused;
  const { immediate_subordinate_entities: entries, next_entity_id: next } = value;
  if (!Array.isArray(entries) || (next !== undefined && typeof next !== 'string')) throw refused;
  const names = entries.map((entry) => {
    const id = isJsonObject(entry) ? entry['id'] : undefined;
    if (typeof id !== 'string') throw refused;
    return id;
  });
  return { names, next };
}
