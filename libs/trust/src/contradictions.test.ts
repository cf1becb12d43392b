import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { exampleFederation, ids, NOW, stateAccess, type ExampleFederation } from '../test/example-federation.js';
import { protectionMarkType, reconciledInForce, verifyTrustMark } from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

/** The agency with what its superior states, and with a mark of its superior at each of the levels. */
async function reconciled(access: JsonObject, levels: readonly string[]) {
  const claims = federation.claims();
  stateAccess(claims.lower, access);
  const agency = await federation.verify(await federation.sign(claims));
  const anchor = await federation.anchorConfiguration(
    Object.fromEntries(levels.map((level) => [typeOf(level), [ids.or]])),
  );
  const issuer = await federation.jurisdictionChain('or');
  const marks = levels.map(async (level) => {
    const type = typeOf(level);
    const token = await federation.mark({ type, subject: ids.agency, basis: 'declaration', binds: [] });
    return verifyTrustMark({ shown: { type, token }, subject: agency, issuer, anchor, now: NOW });
  });
  const agencyMarks = await Promise.all(marks);
  const { attestations, contradictions } = reconciledInForce({
    agencyChain: agency,
    agencyMarks,
    jurisdictions: [],
    at: NOW,
  });
  return {
    believed: attestations.map(({ level }) => level),
    contradicted: contradictions.map(({ level, attestation, worst }) => [
      level,
      attestation === undefined ? 'stated' : 'mark',
      worst.level,
      worst.issuer,
    ]),
  };
}

function typeOf(level: string): string {
  return protectionMarkType(ids.anchor, { protection: 'agreement-287g', level, version: '1' });
}

describe('two words about a 287(g) agreement', () => {
  it('T09: of which the superior’s is the worse refuse the mark that says better, and name it', async () => {
    expect(await reconciled({ agreement_287g: 'task-force-model' }, ['none'])).toEqual({
      believed: [],
      contradicted: [['none', 'mark', 'task-force-model', ids.or]],
    });
  });

  it('of which the mark is the worse refuse what the superior states, and the mark counts', async () => {
    expect(await reconciled({ agreement_287g: 'none' }, ['jail-enforcement-model'])).toEqual({
      believed: ['jail-enforcement-model'],
      contradicted: [['none', 'stated', 'jail-enforcement-model', ids.or]],
    });
  });

  it('that are two marks leave the worse one, and one of a level that nobody knows is the worst', async () => {
    expect((await reconciled({}, ['none', 'warrant-service-officer'])).believed).toEqual(['warrant-service-officer']);
    expect((await reconciled({ agreement_287g: 'task-force-model' }, ['none', 'a-new-model'])).believed).toEqual([
      'a-new-model',
    ]);
  });

  it('that say the same, or of which only one is said, contradict nothing', async () => {
    expect(await reconciled({ agreement_287g: 'none' }, ['none'])).toEqual({ believed: ['none'], contradicted: [] });
    expect(await reconciled({}, ['none'])).toEqual({ believed: ['none'], contradicted: [] });
    expect(await reconciled({ agreement_287g: 'task-force-model' }, [])).toEqual({ believed: [], contradicted: [] });
  });
});
