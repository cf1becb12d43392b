import { WitnessJob, askWitnesses, type WitnessDoor } from '#exchange/io';
import type { TlogPolicy } from '#ledger';
import type { AskWitnesses, Ledger } from '#ledger/io';
import type { Clock, Network } from '#protocol';

/** The witnesses of a policy that have an address. */
function doorsOf(policy: TlogPolicy | undefined): WitnessDoor[] {
  const witnesses = policy?.witnesses ?? [];
  return witnesses.flatMap(({ key, url }) => (url === undefined ? [] : [{ entityId: key.name, url }]));
}

/**
 * Who says at the start what they last cosigned of the authority's ledger (B10). Its own witness is none of them: it would say
 * what the authority itself says.
 */
export function askPolicy(policy: TlogPolicy | undefined, origin: string, network: Network): AskWitnesses {
  return () => askWitnesses(origin, doorsOf(policy), network);
}

/** Has the same witnesses cosign whatever the ledger grows by. */
export function witnessJobOf(
  policy: TlogPolicy | undefined,
  ledger: Ledger,
  { network, clock }: { readonly network: Network; readonly clock: Clock },
  log: (line: string) => void,
): WitnessJob {
  const urls = doorsOf(policy).map(({ url }) => url);
  const keys = policy?.witnesses.map(({ key }) => key.vkey) ?? [];
  return new WitnessJob(
    ledger,
    network,
    clock,
    () => urls,
    () => keys,
    log,
    () => Promise.resolve(),
  );
}
