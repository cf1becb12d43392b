/** What PostgreSQL writes into `postmaster.pid` (src/include/utils/pidfile.h): one value a line. */
export interface PostmasterPid {
  readonly pid: number;
  /** 0 until the server has opened its port. */
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; undefined when the first line is no process id (the file is being written, or torn). */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = wholeNumber(lines[0]);
  if (pid === undefined || pid < 2) return undefined;
  return { pid, port: wholeNumber(lines[3]) ?? 0, ready: lines[7] === 'ready' };
}

function wholeNumber(line: string | undefined): number | undefined {
  return line !== undefined && /^[0-9]{1,10}$/.test(line) ? Number(line) : undefined;
}
