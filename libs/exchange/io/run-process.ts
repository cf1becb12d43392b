import { ConfigurationError } from './node-config.js';

const OLDEST_NODE = 24;

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The life of one node's process: starts it, says where it listens, closes it on SIGTERM and SIGINT, and ends with 1 and a
 * plain text where it cannot start. A configuration that is refused lists every problem and shows no stack.
 */
export async function runProcess(
  name: string,
  start: (log: (line: string) => void) => Promise<Running>,
): Promise<void> {
  const log = (line: string) => process.stderr.write(`${name}: ${oneLine(line)}\n`);
  try {
    requireNode();
    const running = await start(log);
    log(`listens on ${running.url}`);
    const stop = () => {
      running
        .close()
        .then(() => process.exit(0))
        .catch((error: unknown) => {
          log(`did not close cleanly: ${error instanceof Error ? error.message : 'failed'}`);
          process.exit(1);
        });
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    if (listsProblems(error)) process.stderr.write(`${name}: ${error.message}\n`);
    else log(`cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  }
}

/** A configuration that is refused, of a node or of an authority: its message says everything, and a stack nothing. */
function listsProblems(error: unknown): error is Error & { readonly problems: readonly string[] } {
  return error instanceof Error && 'problems' in error;
}

/** Older ones verify signatures under keys of small order (J13), and are no longer mended. */
function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new ConfigurationError([`Node ${OLDEST_NODE} or newer is needed; this is ${process.versions.node}`]);
  }
}

/** One event, one line (W15). */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
