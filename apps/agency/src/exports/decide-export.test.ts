import { expect, test } from 'vitest';
import { decideExport, type ExportFacts } from './decide-export.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const AGENCY = 'https://here.example';
const obligations = {
  expires_at: '2026-11-23T12:00:00Z',
  purpose: 'named_case_only',
  onward_transfer: 'refused_without_new_request',
};
const facts: ExportFacts = {
  agency: AGENCY,
  caseNumber: '26-01234',
  obligations,
  isApproved: true,
  reads: 2,
  isRecalled: false,
  now: NOW,
};
const stated = { caseNumber: '26-01234', recipient: AGENCY };

test('received reads leave as a file for their case, to the agency’s own people, while they may be kept', () => {
  expect(decideExport(stated, facts)).toEqual([]);
});

test('P23: nothing leaves for another agency, another case, after its time, or after its recall; every reason at once', () => {
  expect(decideExport({ ...stated, recipient: 'https://other.example' }, facts)).toEqual(['onward_transfer']);
  expect(decideExport({ ...stated, caseNumber: '26-01235' }, facts)).toEqual(['another_case']);
  expect(decideExport(stated, { ...facts, now: NOW + 86_400_000 })).toEqual(['expired']);
  expect(decideExport(stated, { ...facts, isRecalled: true, reads: 0 })).toEqual(['recalled', 'nothing_kept']);
  const all = decideExport({ caseNumber: 'x', recipient: 'y' }, { ...facts, now: NOW + 86_400_000 });
  expect(all).toEqual(['onward_transfer', 'another_case', 'expired']);
});

test('P21: what an emergency brought leaves once a supervisor has approved of it; that a report is owed stands in no way', () => {
  const duties = [{ duty: 'report', exception: 'emergency', due_by: '2026-11-25T12:00:00Z' }];
  const owed = { ...facts, obligations: { ...obligations, duties } };
  expect(decideExport(stated, owed)).toEqual([]);
  expect(decideExport(stated, { ...owed, isApproved: false })).toEqual(['approval_owed']);
});

test('P23: an obligation that is missing, odd or not known here is not met', () => {
  const without = (change: object) => decideExport(stated, { ...facts, obligations: { ...obligations, ...change } });
  expect(without({ no_export: true })).toEqual(['obligation_unknown']);
  expect(without({ purpose: 'anything' })).toEqual(['obligation_unknown']);
  expect(without({ expires_at: 'never' })).toEqual(['expired']);
  expect(decideExport(stated, { ...facts, obligations: {} })).toEqual(['obligation_unknown', 'expired']);
});
