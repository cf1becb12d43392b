import { partyOf, verifySignedRule } from '#exchange';
import { PolicyError, parseFederation, parseRule, type Party, type Rule } from '#policy';
import { ProtocolError } from '#protocol';
import { AgencyClient } from './agency-client.js';
import { readAnchors, type AnchorOptions } from './anchors-file.js';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';
import { textIn } from './json-reading.js';
import type { Cli } from './ports.js';
import { directoryOf } from './resolve-chain.js';

const MAX_BYTES = 256 * 1024 * 1024;

/** Who is enrolled, what is attested of each, and the owner's rule. */
export interface FederationSource {
  readonly owner: Party;
  readonly parties: readonly Party[];
  readonly rule: Rule | undefined;
}

export interface FederationOptions extends AnchorOptions {
  /** A file in place of the federation itself. */
  readonly federation?: string;
  /** A rule in place of the one that the owner has published: what would be open under it. */
  readonly rule?: string;
}

/** @throws CliError; PolicyError for what is in a file */
export async function federationSource(
  ownerId: string,
  options: FederationOptions,
  cli: Cli,
): Promise<FederationSource> {
  const source =
    options.federation === undefined
      ? await collected(ownerId, options, cli)
      : await fromFile(ownerId, options.federation);
  if (options.rule === undefined) return source;
  const rule = parseRule(await readJsonInput(options.rule));
  if (rule.owner !== ownerId) throw new CliError('usage', `the rule is that of \`${rule.owner}\``);
  return { ...source, rule };
}

async function fromFile(ownerId: string, path: string): Promise<FederationSource> {
  const { parties, rules } = parseFederation(await readJsonInput(path, MAX_BYTES));
  return { owner: ownerAmong(parties, ownerId), parties, rule: rules.get(ownerId) };
}

/** Collected as a node does, from the pinned anchors; the rule is the one that the owner's own node shows, verified. */
async function collected(ownerId: string, options: FederationOptions, cli: Cli): Promise<FederationSource> {
  const anchors = await readAnchors(options, cli);
  cli.terminal.progress('collecting the federation');
  const directory = await directoryOf(anchors, cli);
  const { partyView } = await import('#exchange/io');
  const views = await Promise.all(directory.agencies().map(({ entityId }) => partyView(directory, entityId)));
  const parties = views.flatMap((view) => (view === undefined ? [] : [partyOf(view)]));
  const owner = ownerAmong(parties, ownerId);
  const keys = directory.chainFor(ownerId).protocolKeys.signing;
  cli.terminal.progress(undefined);
  return { owner, parties, rule: await publishedRule(ownerId, keys, cli) };
}

async function publishedRule(
  owner: string,
  keys: Parameters<typeof verifySignedRule>[1]['keys'],
  cli: Cli,
): Promise<Rule | undefined> {
  try {
    const token = textIn(await new AgencyClient(cli.network, owner).get('/rule'), 'rule');
    return (await verifySignedRule(token, { owner, keys, now: cli.clock.now() })).rule;
  } catch (cause) {
    if (cause instanceof CliError && cause.more.problem === 'no_rule') return undefined;
    if (!(cause instanceof ProtocolError || cause instanceof PolicyError)) throw cause;
    const remedy = 'do not rely on it; tell the agency and its authority';
    throw new CliError('unverified', `the published rule is not believed: ${cause.message}`, { remedy }, { cause });
  }
}

function ownerAmong(parties: readonly Party[], id: string): Party {
  const owner = parties.find(({ entityId }) => entityId === id);
  if (owner !== undefined) return owner;
  const known = parties.slice(0, 10).map(({ entityId }) => entityId);
  throw new CliError('usage', `\`${id}\` is not enrolled`, { remedy: `these are: ${known.join(', ')}` });
}
