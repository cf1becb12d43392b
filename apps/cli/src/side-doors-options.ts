import { writeFile } from 'node:fs/promises';
import { sideDoorsSvg, type ReachTarget, type SideDoors, type VendorReach } from '#policy';
import { CliError } from './cli-error.js';
import type { FederationOptions } from './federation-source.js';
import type { OutputOptions } from './options.js';
import type { VendorFiles } from './vendor-files.js';

export interface SideDoorsOptions extends OutputOptions, Partial<VendorFiles>, FederationOptions {
  readonly owner?: string;
  readonly everyOwner?: boolean;
  readonly to: ReachTarget;
  readonly onward: VendorReach['onward'];
  readonly models: 'all' | 'task-force';
  readonly beneficiaries?: boolean;
  readonly list: number;
  readonly picture?: string;
  readonly unsettled?: boolean;
}

export async function writePicture(
  path: string,
  doors: SideDoors,
  title: Parameters<typeof sideDoorsSvg>[1],
): Promise<void> {
  if (!path.endsWith('.svg')) throw new CliError('usage', '--picture wants a name that ends in `.svg`');
  try {
    await writeFile(path, sideDoorsSvg(doors, title));
  } catch (cause) {
    throw new CliError('usage', `\`${path}\` cannot be written`, {}, { cause });
  }
}
