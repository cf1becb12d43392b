import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isJsonObject, parseStrictJson, type JsonObject } from '#protocol';
import { CliError } from './cli-error.js';

/** One person's sign-in at one agency. The token is the session itself: whoever reads it is that person. */
export interface StoredSession {
  /** The agency's node, without a final slash. */
  readonly agency: string;
  /** `--as`; `default` where none was given. */
  readonly profile: string;
  readonly token: string;
  /** An instant in UTC. */
  readonly expiresAt: string;
  readonly roles: readonly string[];
}

export const DEFAULT_PROFILE = 'default';
/** A token is for its owner's eyes. */
const OWNER_ONLY = 0o600;

/** Where the command keeps what it remembers: COMITY_HOME, or `.comity` in the person's home. */
export function homeDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['COMITY_HOME'];
  return given === undefined || given === '' ? join(homedir(), '.comity') : given;
}

/** `sessions.json`: `{v: 1, sessions: {AGENCY: {PROFILE: {token, expires_at, roles}}}}`, readable by its owner alone. */
export class SessionsFile {
  readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, 'sessions.json');
  }

  async list(): Promise<StoredSession[]> {
    const text = await this.read();
    if (text === undefined) return [];
    try {
      return sessionsOf(parseStrictJson(text, { maxBytes: 1024 * 1024 }));
    } catch (cause) {
      throw new CliError(
        'usage',
        `\`${this.path}\` cannot be read`,
        { remedy: 'remove it, and sign in again' },
        { cause },
      );
    }
  }

  async put(session: StoredSession): Promise<void> {
    await this.write([...(await this.others(session)), session]);
  }

  async remove(session: Pick<StoredSession, 'agency' | 'profile'>): Promise<void> {
    await this.write(await this.others(session));
  }

  private async others({ agency, profile }: Pick<StoredSession, 'agency' | 'profile'>): Promise<StoredSession[]> {
    const sessions = await this.list();
    return sessions.filter((session) => session.agency !== agency || session.profile !== profile);
  }

  private async read(): Promise<string | undefined> {
    try {
      const { mode } = await stat(this.path);
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        throw new CliError('usage', `others may read \`${this.path}\`, which holds your sessions`, {
          remedy: `chmod 600 ${this.path}, and sign in again where you do not know who did`,
        });
      }
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Written beside and renamed: a crash leaves the old sessions or the new ones, never half a file. */
  private async write(sessions: readonly StoredSession[]): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const beside = `${this.path}.${process.pid}`;
    await writeFile(beside, `${JSON.stringify(documentOf(sessions), null, 2)}\n`, { mode: OWNER_ONLY });
    await chmod(beside, OWNER_ONLY);
    await rename(beside, this.path);
  }
}

function documentOf(sessions: readonly StoredSession[]): JsonObject {
  const agencies = [...new Set(sessions.map(({ agency }) => agency))].toSorted();
  return {
    v: 1,
    sessions: Object.fromEntries(
      agencies.map((agency) => [
        agency,
        Object.fromEntries(
          sessions
            .filter((session) => session.agency === agency)
            .map(({ profile, token, expiresAt, roles }) => [
              profile,
              { token, expires_at: expiresAt, roles: [...roles] },
            ]),
        ),
      ]),
    ),
  };
}

function sessionsOf(document: unknown): StoredSession[] {
  if (!isJsonObject(document) || document['v'] !== 1) throw new TypeError('sessions');
  return objects(document['sessions']).flatMap(([agency, profiles]) =>
    objects(profiles).map(([profile, session]) => {
      const { token, expires_at: expiresAt, roles } = session;
      if (typeof token !== 'string' || typeof expiresAt !== 'string' || !Array.isArray(roles)) {
        throw new TypeError('session');
      }
      return { agency, profile, token, expiresAt, roles: roles.filter((role) => typeof role === 'string') };
    }),
  );
}

function objects(value: unknown): [string, JsonObject][] {
  if (!isJsonObject(value)) throw new TypeError('sessions');
  return Object.entries(value).map(([name, member]) => {
    if (!isJsonObject(member)) throw new TypeError('sessions');
    return [name, member];
  });
}
