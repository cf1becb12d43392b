import {
  parseReviewedNames,
  parseSharingGraph,
  readAgreements,
  readRegisteredAgencies,
  vendorNetwork,
  type VendorNetwork,
} from '#policy';
import { readJsonInput } from './input-file.js';
import { readTable } from './read-table.js';

const MAX_BYTES = 256 * 1024 * 1024;

/** The files that describe a vendor's network. */
export interface VendorFiles {
  readonly graph: string;
  readonly agencies: string;
  readonly agreements: string;
  readonly names?: string;
}

/** @throws CliError `usage` for a file, PolicyError `reach_malformed` for what is in it */
export async function readVendorNetwork(files: VendorFiles): Promise<VendorNetwork> {
  const graph = parseSharingGraph(await readJsonInput(files.graph, MAX_BYTES));
  const register = readRegisteredAgencies(await readTable(files.agencies));
  const agreements = readAgreements(await readTable(files.agreements));
  const reviewed = files.names === undefined ? undefined : parseReviewedNames(await readJsonInput(files.names));
  return vendorNetwork({ graph, register, agreements, ...(reviewed && { reviewed }) });
}
