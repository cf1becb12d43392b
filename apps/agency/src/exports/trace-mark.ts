import { timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { markOf } from './export-file.js';

/** What a file shows that somebody found: its rows by plate and instant, the order of its columns, and its first lines. */
export interface FoundFile {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly plate: string; readonly seen_at: string }[];
  readonly mark?: {
    readonly id: string;
    readonly release: string;
    readonly code: string;
    readonly body_digest: string;
  };
}

/**
 * Where a file came from: the export whose mark it carries, and every export and release that held its reads, with how many of
 * them and whether columns and rows stand in the order that was drawn for that export.
 */
export async function traceMark(found: FoundFile, node: AgencyNode): Promise<JsonObject> {
  const tags = found.rows.map(({ plate, seen_at }) => node.exports.tagOf({ plate, seen_at }));
  const { exports, releases } = await node.exports.holding(tags);
  return {
    mark: found.mark === undefined ? 'none' : await stateOfMark(found.mark, node),
    rows: found.rows.length,
    exports: exports.map((each) => ({
      export: each.id,
      txn: each.txn,
      owner: each.owner,
      release: each.release,
      by: each.by,
      exported_at: new Date(each.at).toISOString(),
      rows_held: heldBy(each.rowTags, tags),
      columns_in_order: isInOrder(found.columns, each.columns),
      rows_in_order: tags.length > 1 && isInOrder(tags, each.rowTags),
    })),
    releases: releases.map((each) => ({
      txn: each.txn,
      requester: each.requester,
      released_at: each.releasedAt,
      [each.what === 'alert' ? 'alert' : 'request']: each.released,
      rows_held: heldBy(each.rowTags, tags),
    })),
  };
}

/** `altered`: the mark is this node's, and what stands below it is not what it was made for. */
async function stateOfMark(
  { id, release, code, body_digest: digest }: NonNullable<FoundFile['mark']>,
  node: AgencyNode,
): Promise<'genuine' | 'altered_or_false' | 'unknown'> {
  if (!(await node.exports.find(id))) return 'unknown';
  const expected = Buffer.from(markOf({ id, release }, digest, node.exports.key));
  const shown = Buffer.from(code);
  return shown.length === expected.length && timingSafeEqual(shown, expected) ? 'genuine' : 'altered_or_false';
}

function heldBy(held: readonly string[], tags: readonly string[]): number {
  const known = new Set(held);
  return tags.filter((tag) => known.has(tag)).length;
}

/** Whether `some` stand in the order in which they stand in `all`; what is not there counts for nothing. */
function isInOrder(some: readonly string[], all: readonly string[]): boolean {
  const places = some.map((each) => all.indexOf(each)).filter((place) => place >= 0);
  return places.every((place, index) => index === 0 || (places[index - 1] ?? 0) <= place);
}
