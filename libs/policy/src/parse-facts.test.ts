import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStrictObject, type JsonObject } from '#protocol';
import { parseFacts } from './parse-facts.js';
import { PolicyError } from './policy-error.js';

const base = new URL('../cases/facts/salish-point-asks-juniper-bend.json', import.meta.url);
const document = () => parseStrictObject(readFileSync(base));

function problemsOf(facts: JsonObject): string[] {
  try {
    parseFacts(facts);
  } catch (error) {
    if (error instanceof PolicyError) {
      expect(error.code).toBe('facts_malformed');
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe('reading facts', () => {
  test('a member that is left out is absent, one that says so is sealed, everything else is known', () => {
    const facts = document();
    const request = facts['request'] as JsonObject;
    delete request['purpose'];
    request['case_number'] = { sealed: true };
    const read = parseFacts(facts).request;
    expect(read.purpose).toEqual({ state: 'absent' });
    expect(read.caseNumber).toEqual({ state: 'sealed' });
    expect(read.offence).toEqual({ state: 'known', value: '120' });
  });

  test('instants become milliseconds, whatever their offset', () => {
    const facts = document();
    const window = { from: '2026-11-15T00:00:00-08:00', until: '2026-11-15T10:00:00+02:00' };
    (facts['request'] as JsonObject)['window'] = window;
    expect(parseFacts(facts).request.window).toEqual({
      state: 'known',
      value: { fromMs: Date.UTC(2026, 10, 15, 8), untilMs: Date.UTC(2026, 10, 15, 8) },
    });
  });

  test('P01: null, [] and unknown members are refused, all at once', () => {
    const facts = document();
    (facts['requester'] as JsonObject)['jurisdictions'] = null;
    (facts['request'] as JsonObject)['purpose'] = null;
    (facts['request'] as JsonObject)['window'] = [];
    (facts['request'] as JsonObject)['reason'] = 'inv';
    expect(problemsOf({ ...facts, beneficiary: null })).toEqual([
      'requester.jurisdictions: a list is expected',
      'beneficiary: one object is expected',
      'request: unknown member `reason`',
      'request.window: one object is expected',
      'request.purpose: a text of at most 512 characters is expected',
    ]);
  });

  test('an attestation says whom it reaches, and whether an end is enacted', () => {
    const facts = document();
    const requester = facts['requester'] as JsonObject;
    const [first] = requester['attestations'] as JsonObject[];
    const { jurisdiction, effective_until, ...rest } = first ?? {};
    requester['attestations'] = [rest];
    expect([jurisdiction, effective_until]).toEqual(['https://authority.example/jurisdictions/wa', null]);
    expect(problemsOf(facts)).toEqual([
      'requester.attestations[0].effective_until: is missing',
      'requester.attestations[0]: either `own`, or `jurisdiction` and `binds`',
    ]);
    requester['attestations'] = [{ ...first, own: 'independent' }];
    expect(problemsOf(facts)).toEqual(['requester.attestations[0]: either `own`, or `jurisdiction` and `binds`']);
  });
});
