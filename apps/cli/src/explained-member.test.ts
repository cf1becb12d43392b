import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { exampleFederation, ids, type ExampleFederation } from '../../../libs/trust/test/example-federation.js';
import { explainedMember, memberDocument } from './explained-member.js';
import { plainText } from './terminal.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

/** An auditor that Oregon enrols, with what it states of it. */
async function auditor(stated: JsonObject) {
  const claims = federation.claims();
  claims.leaf['metadata'] = { comity_auditor: {} };
  claims.lower['metadata'] = { comity_auditor: { name: 'Review board', role: 'oversight', ...stated } };
  claims.upper['constraints'] = { max_path_length: 1 };
  const chain = await federation.verify(await federation.sign(claims));
  const member = { kind: 'member', chain, marks: [], refusedMarks: [], members: [] } as const;
  return { text: explainedMember(member).map(plainText).join('\n'), document: memberDocument(member) };
}

describe('an auditor, explained', () => {
  it('is told with everything that its scope names, all of which have to fit', async () => {
    const { text, document } = await auditor({ scope: { jurisdictions: [ids.or], txns: ['a-transaction'] } });
    expect(text).toContain(`auditor (oversight), enrolled by ${ids.or}`);
    expect(text).toContain(`may read receipts that fit all of:\n  jurisdictions: ${ids.or}\n  txns: a-transaction\n`);
    expect(text).toContain('each of its reads is logged');
    expect(document).toMatchObject({ scope: { jurisdictions: [ids.or], txns: ['a-transaction'] } });
  });

  it('may read nothing where no scope is stated, or one that names nothing', async () => {
    const none = await auditor({});
    expect(none.text).toContain('may read nothing: its superior states no scope');
    expect(none.document).toMatchObject({ scope: null });
    expect((await auditor({ scope: {} })).text).toContain('may read nothing: its scope names nothing');
  });
});

describe('an anchor, explained', () => {
  it('is told with the keys that were pinned and those that it enrols', async () => {
    const anchor = await federation.anchorConfiguration();
    const members = [await federation.jurisdictionChain('or'), await federation.verify(await federation.chain())];
    const text = explainedMember({ kind: 'anchor', anchor, members }).map(plainText).join('\n');
    expect(text).toContain(`signs with ${[...anchor.federationKeys.keys()].join()}`);
    expect(text).toMatch(/ {2}jurisdiction +or {2}https:.*\n {2}agency +Juniper Bend Police {2}https:/);
  });
});
