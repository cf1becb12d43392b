import type { Clock, Network } from '#protocol';
import type { Browser } from './browser.js';
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** What the world is to a command. Tests pass their own. */
export interface CliPorts {
  readonly terminal: Terminal;
  readonly network: Network;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly browser: Browser;
}

/** The ports, and where a command leaves its exit code. */
export interface Cli extends CliPorts {
  exit(code: ExitCode): void;
}
