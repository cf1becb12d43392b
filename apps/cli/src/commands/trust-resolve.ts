import { InvalidArgumentError, type Command } from 'commander';
import type { JsonObject } from '#protocol';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { checkChain, type ChainCheck, type CheckedChain } from '../resolved-chain.js';
import { bad, bold, dim, good, warn, type Line, type Styled } from '../terminal.js';

interface TrustResolveOptions extends AnchorOptions, OutputOptions {
  readonly at?: number;
}

export function addTrustResolve(trust: Command, cli: Cli): void {
  const command = trust
    .command('resolve')
    .description('the chain from your anchor to an entity, with every check')
    .argument('<id>', 'entity id', agencyUrl)
    .option('--at <instant>', 'how it stood then, by the signed feed of each authority', instant)
    .addHelpText('after', HELP)
    .action(async (id: string, options: TrustResolveOptions) => cli.exit(await trustResolve(id, options, cli)));
  withJson(withAnchors(command));
}

const HELP = `
Starts from the entity's own configuration and follows its superiors up to an anchor that you pinned: at most five
configurations and two seconds, and never to an address of somebody's choice. Every statement is checked for signature,
time, names, types and path length, and for its status: by its issuer's signed list, which counts for 40 seconds, or with
--at by the issuer's whole feed of events, read from the first one.

Exit code: 0 everything holds, 6 something does not or is not known, 7 somebody on the way cannot be reached.

Examples:
  $ comity trust resolve https://node.agency.example --anchors anchors.json
  $ comity trust resolve https://node.agency.example --at 2026-11-01T12:00:00Z --json`;

function instant(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('An instant has its offset, as in 2026-11-01T12:00:00Z.');
}

async function trustResolve(id: string, options: TrustResolveOptions, cli: Cli): Promise<ExitCode> {
  if (options.at !== undefined && options.at > cli.clock.now()) {
    throw new CliError('usage', 'the instant lies in the future', { remedy: 'leave --at out for now' });
  }
  const anchors = await readAnchors(options, cli);
  cli.terminal.progress('following its superiors ...');
  const checked = await checkChain(id, options.at, anchors, cli);
  cli.terminal.progress(undefined);
  if (options.json === true) printJson(cli.terminal, documentOf(checked, options.at));
  else {
    for (const line of treeOf(checked)) cli.terminal.out(line);
    if (options.at !== undefined) {
      cli.terminal.out([
        '',
        dim('signatures, times and names are those of the statements of now; the last check of each'),
      ]);
      cli.terminal.out([dim(`says how it stood on ${new Date(options.at).toISOString()}`)]);
    }
  }
  const holds = checked.links.every(({ checks }) => checks.every(({ state }) => state === 'holds'));
  return holds ? EXIT.ok : EXIT.unverified;
}

function documentOf({ chain, links }: CheckedChain, at: number | undefined): JsonObject {
  return {
    entity_id: chain.entityId,
    entity_type: chain.entityType,
    anchor: chain.anchor,
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    expires_at: new Date(chain.expiresAt).toISOString(),
    links: links.map(({ entityId, issuer, checks }) => ({
      entity_id: entityId,
      stated_by: issuer,
      checks: checks.map((check): JsonObject => ({ ...check })),
    })),
  };
}

/** The anchor on top, each below whoever states it. */
function treeOf({ chain, links }: CheckedChain): Line[] {
  return links.flatMap(({ entityId, issuer, checks }, depth): Line[] => {
    const own = issuer === entityId && depth > 0;
    const level = own ? depth - 1 : depth;
    const indent = '   '.repeat(Math.max(0, level - 1)) + (level > 0 && !own ? '└─ ' : '');
    const under = '   '.repeat(level);
    const title: Line = own
      ? [under, dim('its own configuration')]
      : [indent, bold(entityId), dim(`  ${roleOf(entityId, chain, depth)}`)];
    return [title, ...checks.map((check): Line => [`${under}  `, mark(check), ` ${check.text}`])];
  });
}

function roleOf(entityId: string, chain: CheckedChain['chain'], depth: number): string {
  if (depth === 0) return 'trust anchor, pinned by you';
  return entityId === chain.entityId ? chain.entityType : 'comity_jurisdiction';
}

function mark({ state }: ChainCheck): Styled {
  switch (state) {
    case 'holds':
      return good('✓');
    case 'broken':
      return bad('✗');
    case 'unknown':
      return warn('?');
  }
}
