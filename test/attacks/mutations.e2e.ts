import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import type { PinnedAnchor } from '#trust';
import { CliError } from '../../apps/cli/src/cli-error.js';
import { checkBundle, makeBundle } from '../../apps/cli/src/evidence-bundle.js';
import { textIn } from '../../apps/cli/src/json-reading.js';
import { someOf } from '../support/how-much.js';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { eventually } from './doors.js';

// In the run of all tests a sample, each day another one; `npm run test:mutations` changes every byte.
const every = process.env['COMITY_TEST_MUTATIONS'] === 'all';
const SOME_TEXTS = 100;
const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const PLATE = 'ORE123';
let federation: TestFederation;
let evidence: JsonObject;
let anchors: PinnedAnchor[];
const judge = () => ({ anchors, now: Date.now() });

beforeAll(async () => {
  federation = await startFederation({ start: [OWNER, REQUESTER] });
  await federation.agency(OWNER).node.reads.insertMany([sighting(PLATE)]);
  anchors = anchorsOf(parseStrictJson(await readFile(federation.laidOut.anchorsFile)));
  const people = federation.people(REQUESTER);
  const outcome = await people.askAndWait(statementFor(federation, [OWNER], { plate: PLATE }));
  const txn = textIn(outcome, 'txn');
  const look = async () => {
    evidence = await people.call('supervisor', 'GET', `/evidence/${txn}`);
    return (await makeBundle(evidence, judge())).report.verdict;
  };
  await eventually(look, (verdict) => verdict === 'verified');
});
afterAll(() => federation.close());

function anchorsOf(list: JsonValue): PinnedAnchor[] {
  return (Array.isArray(list) ? list : []).filter(isJsonObject).map((anchor) => ({
    entityId: textIn(anchor, 'entity_id'),
    jwks: anchor['jwks'] ?? null,
  }));
}

/** Every text in a document, with a way to write the document with another text in its place. */
function* textsIn(
  value: JsonValue,
  put: (value: JsonValue) => JsonValue,
): Generator<[string, (text: string) => JsonValue]> {
  if (typeof value === 'string') yield [value, put];
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* textsIn(item, (changed) => put(value.with(i, changed)));
  } else if (isJsonObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      yield* textsIn(item, (changed) => put({ ...value, [name]: changed }));
    }
  }
}

/** Positions to change: all of them, or some that are spread over the whole. */
function positions(length: number, some: number): number[] {
  if (every || length <= some) return [...Array(length).keys()];
  return Array.from({ length: some }, (_, i) => Math.floor(((i + 0.5) * length) / some));
}

function withOther(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** What a reader of the changed evidence is told; a bundle that cannot be read is refused by name. */
async function verdictOf(read: () => Promise<{ report: { verdict: string } }>): Promise<string> {
  try {
    return (await read()).report.verdict;
  } catch (error) {
    if (error instanceof CliError) return error.code;
    throw error;
  }
}

describe('one thing changed in a bundle of evidence', () => {
  test('W22: any byte of the file: it is refused', { timeout: 3_600_000 }, async () => {
    const { archive } = await makeBundle(evidence, judge());
    expect((await checkBundle(archive, judge())).altered).toEqual([]);
    for (const at of positions(archive.length, 300)) {
      const changed = new Uint8Array(archive);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect([at, await verdictOf(() => checkBundle(changed, judge()))]).toEqual([at, 'unverified']);
    }
  });

  test('B01 B06 B07: any text in it, packed anew by a forger: it does not verify', { timeout: 3_600_000 }, async () => {
    let changes = 0;
    const texts = [...textsIn(evidence, (value) => value)];
    expect(texts.length).toBeGreaterThan(150);
    for (const [text, put] of every ? texts : someOf(texts, SOME_TEXTS)) {
      for (const at of positions(text.length, 1)) {
        const forged = put(withOther(text, at));
        if (!isJsonObject(forged)) throw new TypeError('a document is expected');
        const verdict = await verdictOf(() => makeBundle(forged, judge()));
        expect.soft(verdict, `${text.slice(0, 40)} at ${at}`).not.toBe('verified');
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThanOrEqual(SOME_TEXTS);
  });
});
