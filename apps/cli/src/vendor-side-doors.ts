import {
  AGREEMENT_MODELS,
  MAX_TRIED,
  REACH_TARGETS,
  findOwner,
  findSideDoors,
  namesRecipients,
  sideDoorsDocument,
  vendorReach,
  type VendorReach,
} from '#policy';
import { CliError } from './cli-error.js';
import { describeSideDoors, surveyTable, titleOf, unsettledDocument, unsettledLines } from './describe-side-doors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson } from './json-output.js';
import type { Cli } from './ports.js';
import { writePicture, type SideDoorsOptions } from './side-doors-options.js';
import { readVendorNetwork, type VendorFiles } from './vendor-files.js';

/** The three files of a vendor's network, or none of them where it is about a federation. */
export function vendorFilesOf({
  graph,
  agencies,
  agreements,
  names,
  federation,
  rule,
}: SideDoorsOptions): VendorFiles | undefined {
  const given = [graph, agencies, agreements, names].filter((file) => file !== undefined);
  if (given.length === 0) return undefined;
  if (graph === undefined || agencies === undefined || agreements === undefined) {
    throw new CliError('usage', "a vendor's network takes three files: --graph, --agencies and --agreements");
  }
  if (federation !== undefined || rule !== undefined) {
    throw new CliError('usage', "either a federation or a vendor's network, not both");
  }
  return { graph, agencies, agreements, ...(names !== undefined && { names }) };
}

/** One owner of a vendor's network. @throws CliError, PolicyError */
export async function vendorSideDoors(
  wanted: string,
  files: VendorFiles,
  options: SideDoorsOptions,
  cli: Cli,
): Promise<ExitCode> {
  const network = await readVendorNetwork(files);
  const owner = findOwner(network, wanted);
  const started = cli.clock.now();
  const doors = findSideDoors(vendorReach(network, reachOf(owner, options)), { ways: options.list, tried: MAX_TRIED });
  const took = cli.clock.now() - started;
  const name = network.organisations[owner]?.name ?? wanted;
  const recipients = network.sharesWith.get(owner) ?? [];
  const silent = recipients.filter((place) => !namesRecipients(network, place)).length;
  if (options.picture !== undefined) await writePicture(options.picture, doors, titleOf(name, options.to, doors));
  if (options.json === true) {
    const { to, onward, models, beneficiaries = false } = options;
    const assumed = { onward, agreements: models, beneficiaries };
    const about = {
      owner: name,
      to,
      shares_with: recipients.length,
      recipients_that_name_nobody: silent,
      assumed,
      milliseconds: took,
    };
    printJson(cli.terminal, { ...sideDoorsDocument(doors, about), unsettled: unsettledDocument(network.unsettled) });
  } else {
    for (const line of describeSideDoors(doors, {
      name,
      shares: { named: recipients.length, silent },
      target: options.to,
      took,
    }))
      cli.terminal.out(line);
    for (const line of unsettledLines(network.unsettled, options.unsettled === true)) cli.terminal.out(line);
    if (options.picture !== undefined) cli.terminal.out(`the picture is in ${options.picture}`);
  }
  return doors.reached.length === 0 ? EXIT.ok : EXIT.denied;
}

/** Every owner of a vendor's network, a line each. @throws CliError, PolicyError */
export async function surveyVendor(files: VendorFiles, options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  const network = await readVendorNetwork(files);
  const started = cli.clock.now();
  const rows = [...network.owners].map(([id, owner], index) => {
    cli.terminal.progress(`${index + 1} of ${network.owners.size} owners`);
    const doors = findSideDoors(vendorReach(network, reachOf(owner, options)), { ways: 0, tried: MAX_TRIED });
    return {
      id,
      name: network.organisations[owner]?.name ?? id,
      shares: network.sharesWith.get(owner)?.length ?? 0,
      doors,
    };
  });
  const took = cli.clock.now() - started;
  cli.terminal.progress(undefined);
  const open = rows.filter(({ doors }) => doors.reached.length > 0);
  if (options.json === true) {
    printJson(cli.terminal, {
      to: options.to,
      owners: rows.map(({ id, name, shares, doors }) => {
        const { ways: _ways, steps: _steps, ...document } = sideDoorsDocument(doors, { id, owner: name, shares });
        return document;
      }),
      milliseconds: took,
      unsettled: unsettledDocument(network.unsettled),
    });
  } else {
    for (const line of surveyTable(rows)) cli.terminal.out(line);
    cli.terminal.out(`${open.length} of ${rows.length} owners have a way to ${REACH_TARGETS[options.to]}; ${took} ms`);
    for (const line of unsettledLines(network.unsettled, options.unsettled === true)) cli.terminal.out(line);
  }
  return open.length === 0 ? EXIT.ok : EXIT.denied;
}

function reachOf(owner: number, { to, onward, models, beneficiaries }: SideDoorsOptions): VendorReach {
  const counted = models === 'all' ? Object.values(AGREEMENT_MODELS) : [AGREEMENT_MODELS['task force model']];
  return { owner, target: to, onward, models: new Set(counted), withBeneficiaries: beneficiaries === true };
}
