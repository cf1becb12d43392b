/** What a calling program can tell from the exit code alone. Documented in `comity --help` and the README. */
export const EXIT = {
  ok: 0,
  other: 1,
  usage: 2,
  denied: 3,
  mixed: 4,
  pending: 5,
  unverified: 6,
  unreachable: 7,
  notSignedIn: 8,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `Exit codes:
  0  done; every owner permitted; everything verifies
  1  refused or failed for another reason
  2  the command, a file or what was asked for is not acceptable
  3  denied (by every owner, or by the agency's own rule)
  4  the owners decided differently
  5  not decided yet
  6  something does not verify, or evidence is missing
  7  a node cannot be reached
  8  not signed in`;
