import { ExchangeError, nodeMetadataOf, type LedgerIdentity } from '#exchange';
import { LedgerError, parseVkey } from '#ledger';
import { readAnchors, readAnchorsIfAny, type AnchorOptions } from './anchors-file.js';
import { CliError } from './cli-error.js';
import type { Cli } from './ports.js';
import { chainOf } from './resolve-chain.js';

/** How a person says which ledger is meant, and what it is to be checked with. */
export interface LedgerChoice extends AnchorOptions {
  readonly vkey?: string;
  readonly entity?: string;
}

/** A ledger, where it is read, and what its receipts are checked with. */
export interface LedgerToVerify {
  readonly endpoint: string;
  readonly ledger: {
    readonly origin: string;
    readonly vkey: string;
    readonly signer: { readonly entityId: string; readonly keys: LedgerIdentity['receiptKeys'] } | undefined;
  };
}

/** By the anchors where they are given, else by the key alone. @throws CliError */
export async function ledgerToVerify(
  url: string | undefined,
  options: LedgerChoice,
  cli: Cli,
): Promise<LedgerToVerify> {
  const { vkey, entity = url } = options;
  if (entity === undefined) {
    throw new CliError('usage', 'which ledger?', { remedy: 'give its address, or --entity' });
  }
  const anchors = vkey === undefined ? await readAnchors(options, cli) : await readAnchorsIfAny(options, cli);
  if (anchors === undefined) {
    const key = vkeyOf(vkey ?? '');
    return { endpoint: url ?? entity, ledger: { origin: key.name, vkey: key.vkey, signer: undefined } };
  }
  const { chain } = await chainOf(entity, anchors, cli);
  const { ledger, endpoint } = metadataOf(chain);
  if (vkey !== undefined && vkeyOf(vkey).vkey !== ledger.vkey) {
    throw new CliError('unverified', 'the node states another ledger key than the one you gave', {
      remedy: 'ask its authority which one is right',
    });
  }
  const { origin, keeper: entityId, receiptKeys: keys } = ledger;
  return { endpoint: url ?? endpoint, ledger: { origin, vkey: ledger.vkey, signer: { entityId, keys } } };
}

/**
 * The same for a log that is read by its tiles, at `url`: with a key alone any log, of a node also by the anchors.
 *
 * @throws CliError
 */
export async function ledgerToFollow(url: string, options: LedgerChoice, cli: Cli): Promise<LedgerToVerify['ledger']> {
  const { vkey, entity } = options;
  if (vkey !== undefined && entity === undefined) {
    const key = vkeyOf(vkey);
    return { origin: key.name, vkey: key.vkey, signer: undefined };
  }
  return (await ledgerToVerify(url.replace(/\/ledger$/, ''), options, cli)).ledger;
}

function vkeyOf(vkey: string) {
  try {
    return parseVkey(vkey);
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    throw new CliError('usage', '--vkey is no key of a ledger', { remedy: 'NAME+ID+KEY, as in the node’s metadata' });
  }
}

function metadataOf(chain: Parameters<typeof nodeMetadataOf>[0]) {
  try {
    return nodeMetadataOf(chain);
  } catch (cause) {
    if (!(cause instanceof ExchangeError)) throw cause;
    throw new CliError('unverified', 'the entity publishes no ledger', {}, { cause });
  }
}
