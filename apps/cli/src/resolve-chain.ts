import { TrustError, type PinnedAnchor, type VerifiedChain } from '#trust';
import type { CollectionReport, TrustDirectory } from '#trust/io';
import { CliError } from './cli-error.js';
import type { Cli } from './ports.js';

/** An entity as the anchors vouch for it now, and the keys of the witnesses they list. */
export interface Resolved {
  readonly chain: VerifiedChain;
  readonly witnessVkeys: readonly string[];
}

/** Collects the federation from the pinned anchors, as a node does. @throws CliError `unreachable` */
export async function directoryOf(anchors: readonly PinnedAnchor[], cli: Cli): Promise<TrustDirectory> {
  return (await collectedDirectory(anchors, cli)).directory;
}

/** The same, with what could not be collected. @throws CliError `unreachable` */
export async function collectedDirectory(
  anchors: readonly PinnedAnchor[],
  cli: Cli,
): Promise<{ readonly directory: TrustDirectory; readonly report: CollectionReport }> {
  const { ARCHIVE_NOTHING, FOLLOWED_NOTHING, REFUSED_NOTHING, SEEN_NOTHING, TrustDirectory } =
    await import('#trust/io');
  const { network, clock } = cli;
  const directory = new TrustDirectory({
    anchors,
    network,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
  });
  // Everybody is looked up once: with a thousand members that takes a while.
  cli.terminal.progress('collecting the federation ...');
  const report = await directory.refresh();
  cli.terminal.progress(undefined);
  try {
    anchors.forEach((anchor) => directory.anchor(anchor.entityId));
  } catch (cause) {
    throw new CliError(
      'unreachable',
      'the trust anchor cannot be reached, or is not the one that is pinned',
      { remedy: 'check the anchors file, and that the authority runs' },
      { cause },
    );
  }
  return { directory, report };
}

/** Collects the federation, and looks the entity up. @throws CliError */
export async function chainOf(entityId: string, anchors: readonly PinnedAnchor[], cli: Cli): Promise<Resolved> {
  const directory = await directoryOf(anchors, cli);
  try {
    return { chain: directory.chainFor(entityId), witnessVkeys: directory.witnessKeys() };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    const remedy = 'check the entity id; an entity that does not answer is not vouched for either';
    throw new CliError('unverified', `no pinned anchor vouches for \`${entityId}\``, { remedy }, { cause });
  }
}
