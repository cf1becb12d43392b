import { protocolReason, type VerifiedRequest } from '#exchange';
import { READ_FIELDS, digestOf, type ReasonClaims, type ReleasedRead } from '#protocol';
import {
  ReadsError,
  isNonPlate,
  minimise,
  readsQueryJson,
  type Read,
  type ReadsQuery,
  type ToldCompanion,
} from '#reads';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import type { DecidedHere } from './decide-here.js';
import { retentionLimits } from './retention/retention-limits.js';

/** What an answer holds. */
export interface Found {
  /** As they are told. */
  readonly reads: readonly ReleasedRead[];
  /** The same, as they are stored. */
  readonly stored: readonly Read[];
  /** There are more than this answer holds. */
  readonly truncated: boolean;
  /** From where a further page goes on; `undefined` where there is none, or the limit over all pages is reached. */
  readonly goesOn: { readonly position: string; readonly released: number } | undefined;
  readonly warnings: readonly string[];
  /** Whose cameras made the reads. */
  readonly cameraOwnerClasses: readonly string[];
  /** Why nothing of what was found is given. */
  readonly reasons: readonly ReasonClaims[];
}

export const NOTHING_FOUND: Found = {
  reads: [],
  stored: [],
  truncated: false,
  goesOn: undefined,
  warnings: [],
  cameraOwnerClasses: [],
  reasons: [],
};

/**
 * Searches what was permitted, one page of it, and tells of each read no more than the rule allows. The limit counts over
 * all pages (P14).
 */
export async function findReads(request: VerifiedRequest, decided: DecidedHere, node: AgencyNode): Promise<Found> {
  const { query, continues } = decided;
  // A standing request is answered by its alerts, each a release of its own.
  if (query === undefined || 'hot_list' in decided.opened.sealed.ask.query) return NOTHING_FOUND;
  return inSpan('search_reads', { attributes: {} }, async () => {
    const asked = await companionsIn(query, request, node);
    if ('code' in asked) return { ...NOTHING_FOUND, reasons: [asked] };
    const fields = READ_FIELDS.filter((field) => decided.fields.includes(field));
    const { coarsening, cited } = decided;
    const { companionOf } = asked;
    const tell = (reads: readonly Read[]) => minimise(reads, { fields, coarsening, from: query.from, companionOf });
    // Passing on gives what was received, in the very words: what else there is shows in no number of reads or pages.
    const isReceived = (read: Read) => tell([read]).every((told) => cited?.rowTags.has(node.exports.tagOf(told)));
    const telling = cited === undefined ? asked : narrowed(asked, isReceived);
    const before = continues?.released ?? 0;
    const most = node.settings.maxReadsPerAsk - before;
    const page = await searchPage(query, decided, telling, most, node);
    if ('code' in page) return { ...NOTHING_FOUND, reasons: [page] };
    const { chosen, next, truncated } = page;
    const classes = [...new Set(chosen.map(({ cameraOwnerClass }) => cameraOwnerClass))].toSorted();
    // The rule lets each class through by itself; what it says of them together it says here.
    const reasons = decided.withCameras(classes);
    if (reasons.length > 0) return { ...NOTHING_FOUND, reasons };
    return {
      reads: tell(chosen),
      stored: chosen,
      truncated,
      goesOn:
        next !== undefined && chosen.length < most ? { position: next, released: before + chosen.length } : undefined,
      warnings: warningsOf(query),
      cameraOwnerClasses: classes,
      reasons: [],
    };
  });
}

/** Of all that is found, those alone that were received; whatever page of the store they stand on. */
function narrowed({ companionOf, isAsked }: CompanionTelling, isReceived: (read: Read) => boolean): CompanionTelling {
  return { companionOf, isAsked: (read) => isAsked(read) && isReceived(read), isChoosing: true };
}

interface SearchedPage {
  readonly chosen: readonly Read[];
  readonly next: string | undefined;
  readonly truncated: boolean;
}

/**
 * One page of at most `most` reads, of cameras that the rule lets through. A second ask for companions goes through all
 * pages: those that it names may stand on any.
 */
async function searchPage(
  query: ReadsQuery,
  { continues, cameraOwnerClasses }: DecidedHere,
  { isAsked, isChoosing }: CompanionTelling,
  most: number,
  node: AgencyNode,
): Promise<SearchedPage | ReasonClaims> {
  const chosen: Read[] = [];
  const { readsMs: retentionMs } = await retentionLimits(node);
  let position = continues?.position;
  try {
    for (;;) {
      const limit = Math.min(node.settings.readsPerPage, most - chosen.length);
      if (limit <= 0) return { chosen, next: undefined, truncated: true };
      const found = await node.reads.search(query, {
        limit,
        retentionMs,
        cameraOwnerClasses,
        ...(position === undefined ? {} : { position }),
      });
      chosen.push(...found.reads.filter(isAsked));
      position = found.next;
      if (position === undefined || !isChoosing) return { chosen, next: position, truncated: found.truncated };
    }
  } catch (error) {
    const unsearchable = error instanceof ReadsError ? SEARCH_REFUSALS[error.code] : undefined;
    if (unsearchable === undefined) throw error;
    return unsearchable;
  }
}

const searchRefusal = (code: string, found: string): ReasonClaims =>
  protocolReason(code, 'a search that is done in its time', found, 'ask for a shorter time or a smaller area');

/** Told in the sealed answer like any other refusal; every other failure of the store is none of the requester's. */
const SEARCH_REFUSALS: Readonly<Record<string, ReasonClaims>> = {
  search_too_broad: searchRefusal('search_too_broad', 'more to look through than one search may'),
  search_too_slow: searchRefusal('search_too_slow', 'one that took too long'),
};

interface CompanionTelling {
  readonly companionOf: (read: Read) => ToldCompanion | undefined;
  /** A second ask is for the companions that it names, and for nothing else. */
  readonly isAsked: (read: Read) => boolean;
  /** Whether it names some among all that were found. */
  readonly isChoosing: boolean;
}

const NO_COMPANIONS: CompanionTelling = { companionOf: () => undefined, isAsked: () => true, isChoosing: false };

/**
 * Who travelled along is told by a pseudonym of this release; by its plate only where a second ask, approved by itself, names
 * pseudonyms of an earlier release to the same agency, for the same plate, window and nearness.
 */
async function companionsIn(
  query: ReadsQuery,
  request: VerifiedRequest,
  node: AgencyNode,
): Promise<CompanionTelling | ReasonClaims> {
  if (query.kind !== 'travelling_together') return NO_COMPANIONS;
  const { reveal, ...asked } = query;
  const release =
    reveal === undefined ? request.digest : await node.incoming.requestOfRelease(request.claims.iss, reveal.release);
  if (release === undefined) return RELEASE_UNKNOWN;
  const of = digestOf(readsQueryJson(asked));
  const [{ text: named }] = query.plates;
  const pseudonymOf = ({ plate }: Read) => node.tags.companion(release, of, plate);
  const isRevealed = (read: Read) => reveal?.companions.includes(pseudonymOf(read)) === true;
  return {
    companionOf: (read) =>
      read.plate === named ? undefined : { pseudonym: pseudonymOf(read), revealed: isRevealed(read) },
    isAsked: (read) => reveal === undefined || (read.plate !== named && isRevealed(read)),
    isChoosing: reveal !== undefined,
  };
}

const RELEASE_UNKNOWN: ReasonClaims = protocolReason(
  'release_unknown',
  'a release of this owner to the same agency',
  'another one, or none that was sent',
  'name the release in which the pseudonyms stand',
);

function warningsOf(query: ReadsQuery): string[] {
  const signs = 'plates' in query && query.plates.some(({ text }) => isNonPlate(text));
  return [
    ...(signs ? ['a searched text stands on signs'] : []),
    ...(query.kind === 'plate_history' || query.kind === 'latest_sighting'
      ? []
      : ['most vehicles in this answer have nothing to do with the case: a person looks before anything is done']),
  ];
}
