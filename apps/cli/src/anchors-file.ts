import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isJsonObject } from '#protocol';
import type { PinnedAnchor } from '#trust';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';
import type { Cli } from './ports.js';
import { homeDirectory } from './sessions-file.js';

export interface AnchorOptions {
  readonly anchors?: string;
}

export function withAnchors(command: Command): Command {
  return command.option(
    '--anchors <file>',
    'trust anchors that you were given: [{"entity_id": URL, "jwks": {...}}] (or COMITY_ANCHORS)',
  );
}

/** The anchors that everything is verified to, brought here by hand and never by a message. @throws CliError `usage` */
export async function readAnchors(options: AnchorOptions, cli: Cli): Promise<PinnedAnchor[]> {
  const anchors = await readAnchorsIfAny(options, cli);
  if (anchors !== undefined) return anchors;
  throw new CliError('usage', 'without a trust anchor nothing can be verified', {
    remedy: 'give the file you got from the authority: --anchors FILE, COMITY_ANCHORS or ~/.comity/anchors.json',
  });
}

export async function readAnchorsIfAny(options: AnchorOptions, cli: Cli): Promise<PinnedAnchor[] | undefined> {
  const kept = join(homeDirectory(cli.environment), 'anchors.json');
  const named = cli.environment['COMITY_ANCHORS'] ?? '';
  const otherwise = existsSync(kept) ? kept : undefined;
  const path = options.anchors ?? (named === '' ? otherwise : named);
  if (path === undefined) return undefined;
  const list = await readJsonInput(path);
  const wrong = () => new CliError('usage', `\`${path}\` is no list of anchors`, { remedy: FORMAT });
  if (!Array.isArray(list) || list.length === 0) throw wrong();
  return list.map((anchor) => {
    const { entity_id: entityId, jwks } = isJsonObject(anchor) ? anchor : {};
    if (typeof entityId !== 'string' || !isJsonObject(jwks)) throw wrong();
    return { entityId, jwks };
  });
}

const FORMAT = 'each anchor has `entity_id` and `jwks`: [{"entity_id": "https://...", "jwks": {"keys": [...]}}]';
