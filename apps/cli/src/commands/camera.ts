import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { JsonObject, JsonValue } from '#protocol';
import { CAMERA_OWNER_CLASSES, FORMAT_NAMES, FORMAT_TITLES } from '#reads';
import { CliError } from '../cli-error.js';
import { describeCamera, listCameras } from '../describe-cameras.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { locationOf } from '../imported-file.js';
import { printJson } from '../json-output.js';
import { objectsIn, textIn } from '../json-reading.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';

interface SecretOptions extends SessionOptions {
  readonly secretFile?: string;
}

interface AddOptions extends SecretOptions {
  readonly format: string;
  readonly ownerClass: string;
  readonly device?: string;
  readonly timeZone?: string;
  readonly location?: string;
  readonly named?: string;
}

/** The cameras that post to an agency's node. */
export function addCamera(camera: Command, cli: Cli): void {
  const add = camera
    .command('add')
    .description('register a camera, and get the secret by which it posts')
    .argument('<id>', 'its name in the address: small letters, digits, dashes', cameraId)
    .addOption(new Option('--format <name>', 'what it writes, see below').choices(FORMAT_NAMES).makeOptionMandatory())
    .addOption(
      new Option('--owner-class <class>', 'whose camera it is').choices(CAMERA_OWNER_CLASSES).makeOptionMandatory(),
    )
    .option('--device <name>', 'its name in every read; the id when left out')
    .option('--time-zone <zone>', 'of times without an offset, as America/Los_Angeles')
    .option('--location <lat,lon>', 'where it stands, for records that state no place')
    .option('--named <name>', 'its name in its own messages: other cameras cannot post by its secret')
    .addHelpText('after', HELP)
    .action(async (id: string, options: AddOptions) => cli.exit(await cameraAdd(id, options, cli)));
  withSecret(add);
  const list = camera
    .command('list')
    .description('every camera, and when something came from it last')
    .action(async (options: SessionOptions) => cli.exit(await cameraList(options, cli)));
  withSession(list);
  const status = camera
    .command('status')
    .description('what came of what a camera posted in the last 30 days, what was rejected and why')
    .argument('<id>', 'the camera', cameraId)
    .action(async (id: string, options: SessionOptions) => cli.exit(await cameraStatus(id, options, cli)));
  withSession(status);
  const renew = camera
    .command('renew')
    .description('a new secret; the old one is good no more')
    .argument('<id>', 'the camera', cameraId)
    .action(async (id: string, options: SecretOptions) => {
      const client = await signedIn(options, cli);
      cli.exit(await tellSecret(await client.post(`/cameras/${id}/secret`), options, cli));
    });
  withSecret(renew);
  const revoke = camera
    .command('revoke')
    .description('the camera may post no more, at once and for good; its reads stay')
    .argument('<id>', 'the camera', cameraId)
    .action(async (id: string, options: SessionOptions) => {
      const client = await signedIn(options, cli);
      const answer = await client.post(`/cameras/${id}/revocation`);
      if (options.json === true) printJson(cli.terminal, { id, ...answer });
      else cli.terminal.out([bold(id), '  revoked']);
      cli.exit(EXIT.ok);
    });
  withSession(revoke);
}

const HELP = `
Formats:
${FORMAT_NAMES.map((name) => `  ${name.padEnd(22)}${FORMAT_TITLES[name]}`).join('\n')}

Whose camera it is, and its name, come from here and never from what the camera posts. Every change is in the ledger. It
needs a person with the role rule_admin.

Examples:
  $ comity camera add mill-3rd --format rekor --owner-class public --location 44.0582,-121.3153 --as admin
  $ comity camera add gate --format hikvision --owner-class business --secret-file gate.secret --as admin
  $ curl -H "Authorization: Bearer $(cat gate.secret)" -H 'Content-Type: application/xml' --data-binary @event.xml \\
      https://node.agency.example/cameras/gate/reads`;

async function cameraAdd(id: string, options: AddOptions, cli: Cli): Promise<ExitCode> {
  const { format, ownerClass, device = id, timeZone, location, named } = options;
  const place = location === undefined ? {} : locationOf(location);
  const client = await signedIn(options, cli);
  const answer = await client.post('/cameras', {
    id,
    format,
    owner_class: ownerClass,
    device,
    ...(timeZone !== undefined && { time_zone: timeZone }),
    ...place,
    ...(named !== undefined && { named }),
  });
  return tellSecret(answer, options, cli);
}

async function tellSecret(answer: JsonObject, options: SecretOptions, cli: Cli): Promise<ExitCode> {
  const { secretFile } = options;
  const { secret: _secret, ...told } = answer;
  const secret = textIn(answer, 'secret');
  if (secretFile !== undefined) {
    await writeFile(secretFile, `${secret}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
      const remedy = `name a file that is not there yet, and run: comity camera renew ${textIn(answer, 'id')}`;
      throw new CliError(
        'usage',
        `\`${secretFile}\` cannot be written, and the secret is not shown again`,
        { remedy },
        { cause },
      );
    });
  }
  if (options.json === true) {
    printJson(cli.terminal, secretFile === undefined ? answer : { ...told, secret_file: secretFile });
    return EXIT.ok;
  }
  cli.terminal.out([bold(textIn(answer, 'id')), '  posts to  ', textIn(answer, 'url')]);
  if (secretFile !== undefined) cli.terminal.out(`its secret is in ${secretFile}`);
  else {
    cli.terminal.out(['its secret, which is shown this once:  ', bold(secret)]);
    cli.terminal.out(
      'in the header field  Authorization: Bearer SECRET  or as the password of a camera that knows only passwords',
    );
  }
  return EXIT.ok;
}

async function camerasOf(options: SessionOptions, cli: Cli): Promise<JsonObject[]> {
  return objectsIn(await (await signedIn(options, cli)).get('/cameras'), 'cameras');
}

async function cameraList(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const cameras = await camerasOf(options, cli);
  if (options.json === true) printJson(cli.terminal, { cameras: cameras as JsonValue[] });
  else for (const line of listCameras(cameras)) cli.terminal.out(line);
  return EXIT.ok;
}

async function cameraStatus(id: string, options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const camera = (await camerasOf(options, cli)).find((each) => each['id'] === id);
  if (camera === undefined)
    throw new CliError('refused', `there is no camera \`${id}\``, { remedy: 'comity camera list' });
  if (options.json === true) printJson(cli.terminal, camera);
  else for (const line of describeCamera(camera)) cli.terminal.out(line);
  return EXIT.ok;
}

function withSecret(command: Command): void {
  withSession(command.option('--secret-file <file>', 'write the secret there, for you alone, and do not show it'));
}

function cameraId(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('A camera’s id consists of small letters, digits and dashes.');
}
