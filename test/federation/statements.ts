import type { JsonObject } from '#protocol';
import type { TestFederation } from './start-federation.js';

const DAY_MS = 86_400_000;

/** What an officer states in most tests: a robbery, two days, one plate. */
export function statementFor(
  federation: TestFederation,
  owners: readonly string[],
  change: { plate?: string; statement?: JsonObject; from?: number; until?: number } = {},
): JsonObject {
  const until = change.until ?? Date.now();
  return {
    case_number: '26-01234',
    offence: '120',
    purpose: 'criminal-investigation',
    narrative: 'armed robbery of a shop, vehicle seen leaving by two witnesses',
    beneficiary: 'none',
    exception: 'none',
    legal_process: { class: 'documented-purpose' },
    query: {
      kind: 'plate_history',
      plates: [{ text: change.plate ?? 'ABC123' }],
      from: new Date(change.from ?? until - 2 * DAY_MS).toISOString(),
      until: new Date(until).toISOString(),
    },
    owners: owners.map((id) => federation.entityId(id)),
    respond_within_seconds: 60,
    ...change.statement,
  };
}
