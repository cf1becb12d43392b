import { CliError } from './cli-error.js';
import { DEFAULT_PROFILE, type StoredSession } from './sessions-file.js';

/**
 * The session a command uses: that of `--agency` and `--as` where they are given, else the only one there is. Two persons
 * may be signed in from one machine, so a command never guesses between them.
 *
 * @param now milliseconds
 * @throws CliError `not_signed_in`, or `usage` where more than one would do
 */
export function chooseSession(
  sessions: readonly StoredSession[],
  wanted: { readonly agency: string | undefined; readonly profile: string | undefined },
  now: number,
): StoredSession {
  const { agency, profile } = wanted;
  const fitting = sessions.filter(
    (session) => (agency ?? session.agency) === session.agency && (profile ?? session.profile) === session.profile,
  );
  const live = fitting.filter(({ expiresAt }) => Date.parse(expiresAt) > now);
  if (live.length === 0) throw notSignedIn(wanted, fitting);
  const agencies = new Set(live.map((session) => session.agency));
  const [only] = live;
  if (live.length === 1 && only !== undefined) return only;
  const unnamed = live.find((session) => session.profile === DEFAULT_PROFILE);
  if (agencies.size === 1 && profile === undefined && unnamed !== undefined) return unnamed;
  throw new CliError('usage', 'more than one person is signed in', {
    remedy: agencies.size > 1 ? 'choose with --agency and --as' : 'choose with --as',
    details: live.map(
      (session) => `--agency ${session.agency} --as ${session.profile}   (${session.roles.join(', ')})`,
    ),
  });
}

function notSignedIn(
  { agency, profile }: { readonly agency: string | undefined; readonly profile: string | undefined },
  ended: readonly StoredSession[],
): CliError {
  const who = profile === undefined || profile === DEFAULT_PROFILE ? '' : ` --as ${profile}`;
  const where = agency ?? ended[0]?.agency ?? 'URL';
  return new CliError('not_signed_in', ended.length > 0 ? 'your session has ended' : 'you are not signed in', {
    remedy: `comity login --agency ${where}${who}`,
  });
}
