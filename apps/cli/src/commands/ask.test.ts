import { beforeEach, describe, expect, it } from 'vitest';
import { AGENCY, FakeCli, TXN } from '../../test/fake-cli.js';
import { OREGON, REASON, STATEMENT, asking, permitted, shownAsk } from '../../test/shown-asks.js';

const OPTIONS = {
  '--plate': '7abc123:or',
  '--from': '2026-11-15T00:00:00-08:00',
  '--until': '2026-11-20T00:00:00-08:00',
  '--owner': OREGON,
  '--case': '26-01234',
  '--offence': '120',
  '--purpose': 'criminal-investigation',
  '--narrative': 'Robbery; a witness read this plate',
  '--beneficiary': 'none',
  '--legal-process': 'documented-purpose',
};
const argv = (change: Record<string, string | undefined> = {}) => [
  'ask',
  ...Object.entries({ ...OPTIONS, ...change }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
];
const waiting = shownAsk('awaiting_approval', [{ ...asking, state: 'not_asked' }]);

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
});

describe('comity ask', () => {
  it('sends what the officer states, with plates and instants in their one spelling', async () => {
    const { exit, out, requests } = await cli.run(argv(), { 'POST /asks': { body: waiting } });
    expect(exit).toBe(0);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toBe(`${AGENCY}/asks`);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(STATEMENT);
    expect(out).toContain(`waits for a supervisor: comity approve ${TXN}`);
  });

  it('sends several plates and owners, a reference, an exception and a deadline', async () => {
    const more = [
      '--plate',
      'XYZ9',
      '--owner',
      'https://two.example',
      '--reference',
      'Order 7',
      '--exception',
      'stolen',
    ];
    const all = [...argv(), ...more, '--respond-within', '60'];
    const { requests } = await cli.run(all, { 'POST /asks': { body: waiting } });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      query: { plates: [{ text: '7ABC123', state: 'OR' }, { text: 'XYZ9' }] },
      owners: [OREGON, 'https://two.example'],
      exception: 'stolen',
      legal_process: { class: 'documented-purpose', reference: 'Order 7' },
      respond_within_seconds: 60,
    });
  });

  it('P23: cites what another agency received, as that agency wrote it, and nothing else', async () => {
    const citation = { release: 'R'.repeat(43), txn: TXN, recipient: 'https://two.example' };
    const file = await cli.file('citation.json', citation);
    const body = { ...waiting, ask: { ...(waiting['ask'] as object), provenance: citation } };
    const { out, requests } = await cli.run([...argv(), '--provenance', file], { 'POST /asks': { body } });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ ...STATEMENT, provenance: citation });
    expect(out).toContain('passed on  what https://two.example received');
    for (const other of [{ ...citation, reads: [] }, { ...citation, txn: 'x' }, [citation]]) {
      const wrong = await cli.run([...argv(), '--provenance', await cli.file('other.json', other)]);
      expect(wrong).toMatchObject({ exit: 2, requests: [] });
      expect(wrong.err).toContain('comity reads cite TXN');
    }
  });

  it('takes the ask from a file as it stands', async () => {
    const file = await cli.file('ask.json', STATEMENT);
    const { exit, requests } = await cli.run(['ask', '--file', file], { 'POST /asks': { body: waiting } });
    expect(exit).toBe(0);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(STATEMENT);
  });

  it('ends with 3 and every reason where the agency’s own rule refuses', async () => {
    const body = shownAsk('refused_here', [], { reasons: [REASON, { ...REASON, requirement: 'purpose' }] });
    const { exit, out } = await cli.run(argv(), { 'POST /asks': { body } });
    expect(exit).toBe(3);
    expect(out).toContain('1. requester.retention (protection_not_met)');
    expect(out).toContain('2. purpose (protection_not_met)');
  });

  it('with --wait says what to approve and ends as the ask ends', async () => {
    const routes = { 'POST /asks': { body: waiting }, [`GET /asks/${TXN}`]: { body: shownAsk('ended', [permitted]) } };
    const { exit, out, err } = await cli.run([...argv(), '--wait'], routes);
    expect(exit).toBe(0);
    expect(err).toContain(`comity approve ${TXN}`);
    expect(out).toContain('permitted: 2 reads');
  });

  it('names everything that is missing at once', async () => {
    const { exit, err, requests } = await cli.run(['ask', '--plate', '7ABC123', '--case', '26-01234']);
    expect(exit).toBe(2);
    expect(err).toContain(
      'missing: --from, --until, --owner, --offence, --purpose, --narrative, --beneficiary, --legal-process',
    );
    expect(requests).toEqual([]);
  });

  it('P06: never takes a missing beneficiary for `none`', async () => {
    const { exit, err } = await cli.run(argv({ '--beneficiary': undefined }));
    expect([exit, err.split('\n')[0]]).toEqual([2, 'comity: missing: --beneficiary']);
  });

  it.each([
    ['P12: a wildcard', { '--plate': '7AB%' }, 'plate_wildcard'],
    ['P10: an instant without its offset', { '--from': '2026-11-15T00:00:00' }, 'instant_no_offset'],
    ['P10: a day that no calendar has', { '--until': '2026-02-30T00:00:00Z' }, 'instant_malformed'],
    ['an empty window', { '--until': '2026-11-15T00:00:00-08:00' }, 'window_empty'],
    ['a window that ends before it begins', { '--until': '2026-11-14T00:00:00-08:00' }, 'window_inverted'],
    ['a state that is none', { '--plate': '7ABC123:Oregon' }, 'plate_state_invalid'],
    ['a plate with two states', { '--plate': '7ABC123:OR:WA' }, 'A plate, or plate:state'],
    ['an owner that is no address', { '--owner': 'Juniper Bend' }, 'It is the address of a node'],
    ['a beneficiary that is no address', { '--beneficiary': 'ICE' }, 'It is the address of a node'],
    ['a deadline beyond 15 minutes', { '--respond-within': '901' }, 'from 5 to 900'],
  ])('refuses %s before anything is sent', async (_, change, expected) => {
    const { exit, err, requests } = await cli.run(argv(change), { 'POST /asks': { body: waiting } });
    expect(exit).toBe(2);
    expect(err).toContain(expected);
    expect(requests).toEqual([]);
  });

  it('law 10: does not repeat a plate in an error', async () => {
    const { err } = await cli.run(argv({ '--plate': 'CANARY%1' }));
    expect(err).not.toContain('CANARY');
  });

  it('refuses a file beside options, one that is no ask, and one that is not there', async () => {
    const file = await cli.file('ask.json', STATEMENT);
    expect((await cli.run([...argv(), '--file', file])).err).toContain('--file stands for the whole ask');
    expect((await cli.run(['ask', '--file', await cli.file('list.json', [])])).err).toContain('is no ask');
    expect((await cli.run(['ask', '--file', '/nowhere'])).err).toContain('there is no such file');
    const twice = await cli.textFile('twice.json', '{"owners": [], "owners": []}');
    expect((await cli.run(['ask', '--file', twice])).err).toContain('is not acceptable JSON');
  });
});
