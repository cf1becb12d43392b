import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  importSigningKey,
  isJsonObject,
  parseStrictObject,
  readToken,
  signToken,
  type JsonObject,
  type JsonValue,
} from '#protocol';
import { SCENE_METRES, STORY_PLATE } from './demo-reads.js';
import { PLACES, queryAgency, type Sandbox } from './sandbox.js';

/** What a scene was to show, and what it showed. */
export interface SceneResult {
  readonly scene: string;
  readonly expected: string;
  readonly found: string;
  readonly asExpected: boolean;
}

export interface Teller {
  title(text: string): void;
  line(text: string): void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The demonstration, told scene by scene. Every scene goes through the same doors that everybody uses. */
export async function playStory(sandbox: Sandbox, teller: Teller, now: number): Promise<SceneResult[]> {
  const results: SceneResult[] = [];
  const scene = async (title: string, expected: string, play: () => Promise<string>): Promise<void> => {
    teller.title(title);
    const found = await play();
    const asExpected = found === expected;
    teller.line(asExpected ? `→ ${found}` : `→ ${found}, but ${expected} was expected`);
    results.push({ scene: title, expected, found, asExpected });
  };
  const ask = askWith(sandbox, teller, now);

  let permitted = '';
  await scene('1. An officer in Washington asks Oregon and New Mexico for a plate', 'reads from both', async () => {
    teller.line('Salish Point Police (WA): armed robbery, a supervisor approves, Washington’s law binds the officer.');
    const { txn, owners } = await ask('salish-point', ['juniper-bend', 'mesa-clara'], {});
    permitted = txn;
    return owners.every((owner) => owner.outcome === 'reads' && owner.reads > 0) ? 'reads from both' : summary(owners);
  });
  await scene('2. Georgia asks Oregon the same', 'broker_denied', async () => {
    teller.line(
      'Peachtree Flats Police (GA): a fair case, but what protects the reads there? Every unmet protection is named.',
    );
    return summary((await ask('peachtree-flats', ['juniper-bend'], {})).owners);
  });
  await scene('3. The same question from an agency whose law meets Oregon’s', 'reads', async () => {
    teller.line('Salish Point Police (WA) again, with its own case.');
    return summary((await ask('salish-point', ['juniper-bend'], { case_number: '26-04417' })).owners);
  });
  await scene(
    '4. Same state, same law, but nobody attests the absence of a 287(g) agreement',
    'broker_denied',
    async () => {
      teller.line(
        'Harbor County Sheriff (WA): Washington’s law binds it, and still one fact about the agency is missing.',
      );
      return summary((await ask('harbor-county', ['juniper-bend'], {})).owners);
    },
  );
  await scene('5. An immigration agency behind the word “investigation”', 'broker_denied', async () => {
    teller.line(
      'The narrative says “investigation”. Free text never decides: the beneficiary has to be named, and is not enrolled.',
    );
    const change = { narrative: 'investigation', beneficiary: 'https://immigration-agency.example' };
    return summary((await ask('salish-point', ['juniper-bend'], change)).owners);
  });
  await scene('6. Who passed the scene? Within four square kilometres and a day, Oregon answers', 'reads', async () => {
    teller.line(
      'Salish Point Police (WA): a circle of 400 metres and four hours. Places come back on a grid of 200 metres.',
    );
    return summary((await ask('salish-point', ['juniper-bend'], { query: sceneQuery(now, SCENE_METRES) })).owners);
  });
  await scene('7. The same with a circle of six kilometres', 'broker_denied', async () => {
    teller.line(
      'A county is no scene: the broker refuses by the size alone, and has never seen where it is but roughly.',
    );
    return summary((await ask('salish-point', ['juniper-bend'], { query: sceneQuery(now, 6_000) })).owners);
  });
  await scene('8. Somebody replays a request, and tampers with it', 'nothing new released, 401, 409', () =>
    replayAndTamper(sandbox, permitted, teller),
  );
  return results;
}

/** Around the first camera of Juniper Bend, when the vehicle of the story passed it. */
function sceneQuery(now: number, radiusMetres: number): JsonObject {
  const { lat, lon } = PLACES['juniper-bend'];
  return {
    kind: 'near_scene',
    areas: [{ kind: 'circle', lat, lon, radius_metres: radiusMetres }],
    from: new Date(now - 52 * HOUR_MS).toISOString(),
    until: new Date(now - 48 * HOUR_MS).toISOString(),
  };
}

interface OwnerEnd {
  readonly state: string;
  readonly outcome: string;
  readonly reads: number;
}

function askWith(sandbox: Sandbox, teller: Teller, now: number) {
  return async (
    agency: string,
    owners: readonly string[],
    change: JsonObject,
  ): Promise<{ txn: string; owners: OwnerEnd[] }> => {
    const shown = await sandbox.people(agency).askAndWait({
      case_number: '26-01234',
      offence: '120',
      purpose: 'criminal-investigation',
      narrative: 'armed robbery of a shop, two witnesses saw the vehicle leave towards the state line',
      beneficiary: 'none',
      exception: 'none',
      legal_process: { class: 'documented-purpose' },
      query: {
        kind: 'plate_history',
        plates: [{ text: STORY_PLATE }],
        from: new Date(now - 3 * DAY_MS).toISOString(),
        until: new Date(now).toISOString(),
      },
      owners: owners.map((id) => sandbox.entityId(id)),
      respond_within_seconds: 60,
      ...change,
    });
    const txn = text(shown['txn']);
    teller.line(`transaction ${txn}`);
    const ends = list(shown['owners']).map((owner) => tellOwner(owner, sandbox, teller));
    if (shown['state'] === 'refused_here') {
      tellReasons(list(shown['reasons']), teller);
      return { txn, owners: [{ state: 'refused_here', outcome: 'none', reads: 0 }] };
    }
    return { txn, owners: ends };
  };
}

function tellOwner(owner: JsonObject, sandbox: Sandbox, teller: Teller): OwnerEnd {
  const name =
    sandbox.laidOut.agencies.find(({ entityId }) => entityId === owner['owner'])?.plan.name ?? text(owner['owner']);
  const [state, outcome] = [text(owner['state']), text(owner['outcome'])];
  const reads = list(owner['reads']);
  teller.line(`${name}: ${outcome === 'reads' ? `${reads.length} reads` : state}`);
  for (const read of reads) {
    const place = isJsonObject(read['location'])
      ? ` at ${text(read['location']['lat'])}, ${text(read['location']['lon'])}`
      : '';
    teller.line(
      `  ${text(read['plate'])} seen ${text(read['seen_at'])}${read['device'] === undefined ? '' : ` by ${text(read['device'])}`}${place}`,
    );
  }
  if (isJsonObject(owner['obligations']))
    teller.line(
      `  to be deleted by ${text(owner['obligations']['expires_at'])}; for this case only; not to be passed on`,
    );
  tellReasons(list(owner['reasons']), teller);
  return { state, outcome, reads: reads.length };
}

function tellReasons(reasons: readonly JsonObject[], teller: Teller): void {
  for (const reason of reasons) {
    teller.line(`  not met: ${text(reason['requirement'])}`);
    teller.line(`    required  ${text(reason['required'])}`);
    teller.line(`    found     ${text(reason['found'])}`);
    if (reason['source'] !== undefined) teller.line(`    source    ${text(reason['source'])}`);
    teller.line(`    remedy    ${text(reason['remedy'])}`);
  }
}

/** As somebody would who listens between the nodes, and then as somebody inside the requesting agency. */
async function replayAndTamper(sandbox: Sandbox, txn: string, teller: Teller): Promise<string> {
  const captured = await capturedRequest(sandbox, txn);
  const before = await releases(sandbox, txn);
  const replayed = await submit(sandbox, captured);
  const after = await releases(sandbox, txn);
  teller.line(
    `the same message again: ${replayed}, the stored ciphertext; releases in Oregon’s ledger before ${before}, after ${after}`,
  );
  const [header, payload, signature] = captured.split('.');
  const claims = Buffer.from(payload ?? '', 'base64url')
    .toString()
    .replace('"offence":"120"', '"offence":"09A"');
  const tampered = await submit(sandbox, `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`);
  teller.line(`one fact changed on the way: ${tampered}`);
  const reused = await submit(sandbox, await reSigned(sandbox, captured));
  teller.line(`the same identifier on another message, signed with the agency’s real key: ${reused}`);
  return `${before === after ? 'nothing new' : 'something new'} released, ${tampered}, ${reused}`;
}

async function capturedRequest(sandbox: Sandbox, txn: string): Promise<string> {
  const [row] = await queryAgency<{ request: string }>(
    sandbox.databaseUrl('salish-point'),
    'select request from outgoing_request where txn = $1 and owner = $2',
    [txn, sandbox.entityId('juniper-bend')],
  );
  return row?.request ?? '';
}

async function releases(sandbox: Sandbox, txn: string): Promise<number> {
  const rows = await queryAgency<{ kind: string }>(
    sandbox.databaseUrl('juniper-bend'),
    `select kind from receipt_index where txn = $1 and kind = 'release'`,
    [txn],
  );
  return rows.length;
}

async function reSigned(sandbox: Sandbox, captured: string): Promise<string> {
  const { claims, header } = readToken('request', captured);
  const file = join(sandbox.laidOut.directory, 'keys', 'salish-point', 'signing.jwk');
  const key = await importSigningKey(parseStrictObject(await readFile(file)));
  const iat = Math.floor(Date.now() / 1000);
  const changed = { ...claims, iat, exp: iat + 60, respond_by: iat + 60 };
  return signToken({ kind: 'request', key, claims: changed, trustChain: header.trustChain ?? [] });
}

async function submit(sandbox: Sandbox, request: string): Promise<number> {
  const { status } = await sandbox.network.request({
    method: 'POST',
    url: `${sandbox.laidOut.broker}/requests`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ request, log_size: 0 }),
    timeoutMs: 20_000,
    maxBytes: 4 * 1024 * 1024,
  });
  return status;
}

function summary(owners: readonly OwnerEnd[]): string {
  return owners.map(({ state, outcome }) => (outcome === 'reads' ? 'reads' : state)).join(', ');
}

function list(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
