import { Option, type Command } from 'commander';
import {
  newIdentifier,
  ProtocolError,
  type HttpRequest,
  type HttpResponse,
  type JsonObject,
  type SigningKey,
} from '#protocol';
import { configurationUrl, parseEntityConfiguration, TrustError, type UnverifiedEntityConfiguration } from '#trust';
import { signAct, type ActKind } from '../../authority/src/acts/authority-act.js';
import { CliError } from './cli-error.js';
import { objectIn as memberIn, textIn } from './json-reading.js';
import { objectIn, refusalOf } from './authority-refusal.js';
import { agencyUrl, withJson, type OutputOptions } from './options.js';
import type { Cli } from './ports.js';

export interface AuthorityOptions extends OutputOptions {
  readonly authority?: string;
}

export interface PersonOptions extends AuthorityOptions {
  readonly person?: string;
  readonly key?: string;
}

const LIMITS = { timeoutMs: 30_000, maxBytes: 16 * 1_024 * 1_024 } as const;

export function withAuthority(command: Command): Command {
  const text = 'entity id of the authority: the anchor, or a jurisdiction (or COMITY_AUTHORITY)';
  return withJson(command.addOption(new Option('--authority <id>', text).argParser(agencyUrl)));
}

/** For commands by which a person of the authority acts. */
export function withPerson(command: Command): Command {
  return withAuthority(command)
    .option('--person <name>', 'your name at the authority (or COMITY_PERSON)')
    .option('--key <file>', 'your own private key, which nobody else has (or COMITY_PERSON_KEY)');
}

/** What an act came to. */
export interface ActAnswer {
  readonly state: 'proposed' | 'done';
  readonly act: string;
  readonly result: JsonObject;
}

/** One authority, as a command talks to it. What it answers is public; who acts there signs. */
export class AuthorityDoor {
  private constructor(
    private readonly cli: Cli,
    readonly id: string,
    /** Where acts go, and what they are for: the anchor of the same house. */
    readonly anchor: string,
    readonly configuration: UnverifiedEntityConfiguration,
  ) {}

  /** @throws CliError `usage`, `unreachable`, `unverified` */
  static async open(options: AuthorityOptions, cli: Cli): Promise<AuthorityDoor> {
    const id = options.authority ?? authorityIn(cli.environment['COMITY_AUTHORITY'] ?? '');
    const answer = await call(cli, { method: 'GET', url: configurationUrl(id) });
    try {
      const configuration = parseEntityConfiguration(answer.body);
      if (configuration.subject !== id) throw new TrustError('link_broken', 'it is another entity');
      return new AuthorityDoor(cli, id, configuration.authorityHints[0] ?? id, configuration);
    } catch (cause) {
      if (!(cause instanceof TrustError)) throw cause;
      throw new CliError('unverified', `\`${id}\` does not answer as an authority`, { remedy: 'check the entity id' });
    }
  }

  /** A JSON document of the authority itself. */
  async get(path: string): Promise<JsonObject> {
    return documentOf(await call(this.cli, { method: 'GET', url: `${this.id}${path}` }));
  }

  /** A document of the house that the authority is part of. */
  async getFromAnchor(path: string): Promise<JsonObject> {
    return documentOf(await call(this.cli, { method: 'GET', url: `${this.anchor}${path}` }));
  }

  async text(path: string): Promise<string> {
    return (await call(this.cli, { method: 'GET', url: `${this.id}${path}` })).body;
  }

  async post(path: string, body: JsonObject): Promise<JsonObject> {
    const headers = { 'content-type': 'application/json' };
    return documentOf(
      await call(this.cli, { method: 'POST', url: `${this.id}${path}`, headers, body: JSON.stringify(body) }),
    );
  }

  /** Signs an act with the person's own key and sends it. */
  async act(
    options: PersonOptions,
    act: { readonly kind: ActKind; readonly subject: string; readonly details: JsonObject },
  ): Promise<ActAnswer> {
    const { person, key } = await personIn(options, this.cli);
    const { systemRandomness } = await import('#protocol/io');
    const token = await signAct({
      ...act,
      person,
      key,
      anchor: this.anchor,
      issuer: this.id,
      jti: newIdentifier(systemRandomness),
      issuedAt: this.cli.clock.now(),
    });
    const headers = { 'content-type': 'application/json' };
    const url = `${this.anchor}/authority/acts`;
    const answer = documentOf(
      await call(this.cli, { method: 'POST', url, headers, body: JSON.stringify({ act: token }) }),
    );
    const state = textIn(answer, 'state') === 'proposed' ? 'proposed' : 'done';
    return { state, act: textIn(answer, 'act'), result: memberIn(answer, 'result') };
  }
}

/** @throws CliError `usage` */
function authorityIn(given: string): string {
  if (given === '') throw new CliError('usage', 'which authority?', { remedy: '--authority ID, or COMITY_AUTHORITY' });
  try {
    return agencyUrl(given);
  } catch (cause) {
    const remedy = 'https://HOST, or https://HOST/jurisdictions/ID';
    throw new CliError('usage', 'COMITY_AUTHORITY is no entity id', { remedy }, { cause });
  }
}

async function personIn(options: PersonOptions, cli: Cli): Promise<{ person: string; key: SigningKey }> {
  const person = options.person ?? cli.environment['COMITY_PERSON'] ?? '';
  const file = options.key ?? cli.environment['COMITY_PERSON_KEY'] ?? '';
  if (person === '' || file === '') {
    throw new CliError('usage', 'who acts?', {
      remedy: 'give --person NAME and --key FILE, or COMITY_PERSON and COMITY_PERSON_KEY',
    });
  }
  const { readSigningKeyFile } = await import('#protocol/io');
  try {
    return { person, key: await readSigningKeyFile(file) };
  } catch (cause) {
    const why = cause instanceof ProtocolError ? (cause.detail ?? cause.message) : 'it cannot be read';
    throw new CliError('usage', `\`${file}\` is no key to sign with: ${why}`, {}, { cause });
  }
}

async function call(cli: Cli, request: Omit<HttpRequest, 'timeoutMs' | 'maxBytes'>): Promise<HttpResponse> {
  const answer = await cli.network.request({ ...request, ...LIMITS }).catch((cause: unknown) => {
    if (!(cause instanceof ProtocolError)) throw cause;
    const { origin } = new URL(request.url);
    const remedy = 'check the address, and that the authority runs';
    throw new CliError('unreachable', `the authority at \`${origin}\` cannot be reached`, { remedy }, { cause });
  });
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusalOf(answer, LIMITS.maxBytes);
}

function documentOf({ body }: HttpResponse): JsonObject {
  const document = objectIn(body, LIMITS.maxBytes);
  if (document) return document;
  throw new CliError('refused', 'it does not answer as an authority of Comity does', { remedy: 'check the address' });
}
