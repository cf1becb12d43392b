import type { AgencyClient } from './agency-client.js';
import { CliError } from './cli-error.js';
import { counted } from './describe-ask.js';
import type { Cli } from './ports.js';
import { isOver, readShownAsk, verdictOf, type ShownAsk } from './shown-ask.js';
import type { JsonObject } from '#protocol';

/** As long as an answer may take (`respond_by`, 15 minutes), and a minute for the broker to state the end. */
export const WAIT_SECONDS = 16 * 60;
const FIRST_POLL_MS = 200;
const LAST_POLL_MS = 2_000;
/** A node that restarts is waited for; one that stays away is not. */
const MISSES_ALLOWED = 10;

export interface Waited {
  /** As the node answered. */
  readonly answer: JsonObject;
  readonly ask: ShownAsk;
}

/** Looks until the ask is over or the time is: then it is as it is. */
export async function waitForEnd(txn: string, client: AgencyClient, seconds: number, cli: Cli): Promise<Waited> {
  const until = cli.clock.now() + seconds * 1000;
  let misses = 0;
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LAST_POLL_MS)) {
    const shown = await look(txn, client).catch((error: unknown) => {
      misses += 1;
      if (error instanceof CliError && error.code === 'unreachable' && misses <= MISSES_ALLOWED) return undefined;
      throw error;
    });
    if (shown !== undefined) {
      misses = 0;
      if (isOver(shown.ask) || cli.clock.now() >= until) return shown;
      cli.terminal.progress(progressOf(shown.ask));
    }
    await cli.clock.sleep(pause);
  }
}

export async function look(txn: string, client: AgencyClient): Promise<Waited> {
  const answer = await client.get(`/asks/${txn}`);
  return { answer, ask: readShownAsk(answer) };
}

function progressOf(ask: ShownAsk): string {
  if (ask.state === 'awaiting_approval') return 'waiting for a supervisor ...';
  const ended = ask.owners.filter((owner) => verdictOf(owner) !== 'pending').length;
  return `${ended} of ${counted(ask.owners.length, 'owner')} ended ...`;
}
