import type { JsonValue } from '#protocol';
import { PolicyError } from '../policy-error.js';
import { StrictReader, quoted } from '../strict-reader.js';

/** Who shares with whom, as a vendor's transparency pages say it. */
export interface SharingGraph {
  readonly organisations: readonly string[];
  /** By the owner's id (slug): places in `organisations`. An owner that is not here does not publish whom it shares with. */
  readonly outbound: ReadonlyMap<string, readonly number[]>;
}

const MAX_ORGANISATIONS = 100_000;
const MAX_NAME = 300;

/**
 * `{organisations: [name], outbound: {owner: [place in organisations]}, note?}`. Refuses names that are empty or stand
 * twice, places that do not exist or stand twice, and members it does not know.
 *
 * @throws PolicyError `reach_malformed`, with every problem
 */
export function parseSharingGraph(document: JsonValue): SharingGraph {
  const reader = new StrictReader();
  const graph = reader.object(document, 'graph', ['organisations', 'outbound'], ['note']);
  const organisations = reader.distinct(graph['organisations'], 'organisations', MAX_ORGANISATIONS, (entry, path) =>
    reader.line(entry, path, MAX_NAME),
  );
  const outbound = new Map<string, readonly number[]>();
  const listed: JsonValue = graph['outbound'] ?? {};
  const owners = reader.object(listed, 'outbound', [], typeof listed === 'object' && listed ? Object.keys(listed) : []);
  for (const [owner, value] of Object.entries(owners)) {
    const path = `outbound.${quoted(owner)}`;
    reader.line(owner, path, MAX_NAME);
    outbound.set(owner, placesOf(reader, value, path, organisations.length));
  }
  if (reader.problems.length > 0) throw new PolicyError('reach_malformed', reader.problems);
  return { organisations, outbound };
}

function placesOf(reader: StrictReader, value: JsonValue, path: string, count: number): readonly number[] {
  const seen = new Set<number>();
  if (value === null) reader.problem(path, 'a list is expected');
  for (const [index, entry] of reader.list(value ?? [], path, 0, MAX_ORGANISATIONS).entries()) {
    const place = reader.integer(entry, `${path}[${index}]`, 0, count - 1);
    if (seen.has(place)) reader.problem(`${path}[${index}]`, `the place ${place} stands twice`);
    seen.add(place);
  }
  return [...seen];
}
