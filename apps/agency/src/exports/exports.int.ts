import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProblemError, digestOfText, readToken, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY, DAY_MS, retentionNode, type RetentionNode } from '../retention/retention-node.fixture.js';
import { exportReads } from './export-reads.js';
import { traceMark, type FoundFile } from './trace-mark.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const OWNER = 'https://owner.example';
const RELEASE = 'R'.repeat(43);
const TXN = '0f0e0d0c-0b0a-4908-8706-050403020100';
const wanted = { txn: TXN, owner: OWNER, caseNumber: '26-01234', recipient: AGENCY };
let at: RetentionNode;
let node: AgencyNode;

beforeEach(async () => {
  at = await retentionNode(NOW);
  node = {
    ...at.node,
    asks: { find: () => Promise.resolve({ ask: { case_number: '26-01234' }, approval: {} }) },
    outgoing: { find: () => Promise.resolve({ release: RELEASE }) },
    recalls: { recalledOwners: () => Promise.resolve([]) },
  } as unknown as AgencyNode;
  await at.node.received.store({
    txn: TXN,
    owner: OWNER,
    releaseDigest: RELEASE,
    obligations: {
      expires_at: new Date(NOW + DAY_MS).toISOString(),
      purpose: 'named_case_only',
      onward_transfer: 'refused_without_new_request',
    },
    expiresAt: NOW + DAY_MS,
    reads: Array.from({ length: 6 }, (_, n) => ({
      plate: `ABC12${n}`,
      seen_at: `2026-11-21T0${n}:00:00.000Z`,
      device: 'north',
      confidence: 0.9,
    })),
  });
});
afterEach(async () => {
  await at.close();
});

/** The file as somebody finds it, with or without its first lines. */
function foundFile(csv: string, withHead: boolean): FoundFile {
  const lines = csv.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const body = lines.slice(start).join('\n');
  const [columns = [], ...rows] = body
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
  const cell = (row: string[], name: string) => row[columns.indexOf(name)] ?? '';
  const found = rows.map((row) => ({ plate: cell(row, 'plate'), seen_at: cell(row, 'seen_at') }));
  if (!withHead) return { columns, rows: found };
  const id = /# comity export (\S+)/.exec(csv)?.[1] ?? '';
  const code = /# mark (\S+)/.exec(csv)?.[1] ?? '';
  return { columns, rows: found, mark: { id, release: RELEASE, code, body_digest: digestOfText(body) } };
}

const kinds = async () =>
  (await at.ledger.entries(0, (await at.ledger.head()).size)).map(
    (entry) => readToken('receipt', entry).claims['kind'],
  );

test('an export is on record with its digest before anybody has it, and the mark in it names it', async () => {
  const made = await exportReads(wanted, 'officer', node);
  expect(made.digest).toBe(digestOfText(made.csv));
  const { opening } = await at.ledger.integrated(`export/${made.export}`);
  expect(opening.accountability['digest']?.value).toBe(made.digest);
  const traced = await traceMark(foundFile(made.csv, true), node);
  expect(traced).toMatchObject({
    mark: 'genuine',
    exports: [
      {
        export: made.export,
        release: RELEASE,
        by: 'officer',
        rows_held: 6,
        columns_in_order: true,
        rows_in_order: true,
      },
    ],
  });
});

test('P23: a file without its first lines is told from another export of the same reads by the order of its columns and rows', async () => {
  const made = [await exportReads(wanted, 'one', node), await exportReads(wanted, 'other', node)];
  for (const [index, by] of ['one', 'other'].entries()) {
    const traced = await traceMark(foundFile(made[index]?.csv ?? '', false), node);
    expect(traced['mark']).toBe('none');
    const fitting = (traced['exports'] as JsonObject[]).filter((each) => each['rows_in_order'] === true);
    expect(fitting.map((each) => each['by'])).toEqual([by]);
  }
  // A part of it, in its order, is traced as well; rows that never left are not.
  const part = foundFile(made[0]?.csv ?? '', false);
  const cut = { ...part, rows: [...part.rows.slice(1, 4), { plate: 'NEVER1', seen_at: '2026-11-21T00:00:00.000Z' }] };
  expect((await traceMark(cut, node))['exports']).toHaveLength(2);
  const foreign = { ...part, rows: [{ plate: 'NEVER1', seen_at: '2026-11-21T00:00:00.000Z' }] };
  expect(await traceMark(foreign, node)).toMatchObject({ exports: [], releases: [] });
});

test('P23: a mark that was put on other rows, or made without the key, is not genuine', async () => {
  const found = foundFile((await exportReads(wanted, 'officer', node)).csv, true);
  const mark = found.mark ?? { id: '', release: '', code: '', body_digest: '' };
  const altered = { ...found, mark: { ...mark, body_digest: digestOfText('other rows') } };
  expect((await traceMark(altered, node))['mark']).toBe('altered_or_false');
  expect((await traceMark({ ...found, mark: { ...mark, code: 'A'.repeat(43) } }, node))['mark']).toBe(
    'altered_or_false',
  );
  expect((await traceMark({ ...found, mark: { ...mark, id: 'E'.repeat(22) } }, node))['mark']).toBe('unknown');
});

test('P23: what may not leave is refused with every reason, and the refusal is on record', async () => {
  const refused = exportReads({ ...wanted, recipient: 'https://other.example', caseNumber: 'x' }, 'officer', node);
  const error = await refused.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProblemError);
  const { problem } = error as ProblemError;
  expect([problem.status, problem.code]).toEqual([403, 'export_refused']);
  expect(problem.reasons?.map(({ code }) => code)).toEqual(['onward_transfer', 'another_case']);
  expect(await kinds()).toContain('export_refused');
  at.clock.set(NOW + DAY_MS);
  await expect(exportReads(wanted, 'officer', node)).rejects.toMatchObject({ problem: { code: 'export_refused' } });
});

test('the owner traces a file to the releases that held its reads', async () => {
  const reads = [{ plate: 'ABC120', seen_at: '2026-11-21T00:00:00.000Z' }];
  const to = { txn: TXN, requester: 'https://asker.example' };
  const [answer, alert] = ['Q'.repeat(43), '0f0e0d0c-0b0a-4908-8706-050403020101'];
  const held = { told: reads, stored: [] };
  await at.dataSource.transaction(async (manager) => {
    await node.exports.markRelease(manager, { what: 'answer', released: answer, ...to }, held, NOW);
    await node.exports.markRelease(manager, { what: 'alert', released: alert, ...to }, held, NOW + 1);
  });
  const traced = await traceMark({ columns: ['plate', 'seen_at'], rows: reads }, node);
  expect(traced['releases']).toMatchObject([
    { ...to, alert, rows_held: 1 },
    { ...to, request: answer, rows_held: 1 },
  ]);
});
