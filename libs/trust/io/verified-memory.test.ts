import { beforeEach, describe, expect, it } from 'vitest';
import { exampleFederation, ids, NOW, WARRANT, type ExampleFederation } from '../test/example-federation.js';
import { VerifiedMemory } from './verified-memory.js';

let federation: ExampleFederation;
let memory: VerifiedMemory;
beforeEach(async () => {
  federation = await exampleFederation();
  memory = new VerifiedMemory(federation.anchors);
});

describe('the memory of what was verified', () => {
  it('hands out the same verified chain again, until it ends', async () => {
    const tokens = await federation.chain();
    const chain = await memory.chain(tokens, NOW);
    expect(await memory.chain([...tokens], NOW + 1_000)).toBe(chain);
    await expect(memory.chain(tokens, chain.expiresAt)).rejects.toMatchObject({ code: 'expired' });
  });

  it('does not take a chain for one that is cut differently into statements', async () => {
    const [leaf = '', lower = '', upper = '', anchor = ''] = await federation.chain();
    await memory.chain([leaf, lower, upper, anchor], NOW);
    await expect(memory.chain([`${leaf},${lower}`, upper, anchor], NOW)).rejects.toMatchObject({
      code: 'statement_malformed',
    });
    await expect(memory.chain([[leaf, lower, upper, anchor].join()], NOW)).rejects.toMatchObject({
      code: 'chain_too_short',
    });
  });

  it('does not remember a refusal: the hour may heal it', async () => {
    const tokens = await federation.chain();
    await expect(memory.chain(tokens, NOW - 120_000)).rejects.toMatchObject({ code: 'not_yet_valid' });
    await expect(memory.chain(tokens, NOW)).resolves.toBeDefined();
  });

  it('T06: does not give a mark of one entity to another that shows the same text', async () => {
    const [or, ga, anchor] = await Promise.all([
      federation.jurisdictionChain('or'),
      federation.jurisdictionChain('ga'),
      federation.anchorConfiguration(),
    ]);
    const shown = { type: WARRANT, token: await federation.mark({}) };
    const mark = await memory.mark({ shown, subject: or, issuer: or, anchor, now: NOW });
    expect(await memory.mark({ shown, subject: or, issuer: or, anchor, now: NOW })).toBe(mark);
    await expect(memory.mark({ shown, subject: ga, issuer: or, anchor, now: NOW })).rejects.toMatchObject({
      code: 'mark_subject_mismatch',
    });
    const withdrawn = await federation.anchorConfiguration({ [WARRANT]: [ids.ga] });
    await expect(memory.mark({ shown, subject: or, issuer: or, anchor: withdrawn, now: NOW })).rejects.toMatchObject({
      code: 'mark_issuer_not_listed',
    });
    await expect(memory.mark({ shown, subject: or, issuer: or, anchor, now: mark.expiresAt })).rejects.toMatchObject({
      code: 'expired',
    });
  });
});
