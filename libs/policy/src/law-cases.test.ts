import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#protocol';
import { NOBODY_ELSE } from './access.js';
import { decide, type Decision } from './decide.js';
import { known, type Party } from './facts.js';
import { ruleUnder } from './parity-table/parity-of-pair.js';
import { agencyUnder, standardFacts } from './parity-table/standard-request.js';
import { profiles } from './profiles.js';
import { VOCABULARY } from './vocabulary.js';

/** One case about two laws, as a lawyer writes it; the format is described in the README of the library. */
interface LawCase {
  readonly description: string;
  /** Ids of profiles; the requester may be `none`, a body that no law of a state reaches. */
  readonly owner: string;
  readonly requester: string;
  readonly class?: string;
  readonly purpose?: string;
  readonly process?: string;
  readonly declared?: boolean;
  readonly cameras?: string;
  /** Of the oldest read that is asked for. */
  readonly age_days?: number;
  readonly now?: string;
  readonly decision: 'permit' | 'deny';
  /** All of them, and no other. */
  readonly reasons?: readonly string[];
  readonly expires_after_days?: number;
}

const DAY_MS = 86_400_000;
const folder = new URL('../cases-of-law/', import.meta.url);

function partyOf(id: string, name: string, agencyClass: string | undefined): Party {
  const profile = profiles().get(id);
  if (!profile && id !== 'none') throw new Error(`no profile of ${id}`);
  const party: Party = profile
    ? agencyUnder(profile, VOCABULARY, name)
    : {
        entityId: 'https://nowhere.example',
        agencyClass: known(''),
        jurisdictions: known([]),
        attestations: [],
        access: NOBODY_ELSE,
      };
  return agencyClass === undefined ? party : { ...party, agencyClass: known(agencyClass) };
}

function decisionOf(lawCase: LawCase, now: number): Decision {
  const { owner, requester, process = 'documented-purpose', declared = false } = lawCase;
  const profile = profiles().get(owner);
  if (!profile) throw new Error(`no profile of ${owner}`);
  const parties = { owner: partyOf(owner, 'owner', undefined), requester: partyOf(requester, 'asker', lawCase.class) };
  const facts = standardFacts(VOCABULARY, parties, now, { process, declared });
  const fromMs = now - (lawCase.age_days ?? 1) * DAY_MS;
  const request = {
    ...facts.request,
    window: known({ fromMs, untilMs: fromMs + DAY_MS }),
    cameraOwnerClasses: known([lawCase.cameras ?? 'public']),
    ...(lawCase.purpose !== undefined && { purpose: known(lawCase.purpose) }),
  };
  return decide({ ...facts, request }, { rule: ruleUnder(profile, profiles().values(), now), side: 'release' }, now);
}

for (const file of readdirSync(folder)) {
  describe(file, () => {
    for (const lawCase of parseStrictJson(readFileSync(new URL(file, folder))) as unknown as LawCase[]) {
      test(lawCase.description, () => {
        const now = Date.parse(lawCase.now ?? '2026-11-22T12:00:00Z');
        const decision = decisionOf(lawCase, now);
        const reasons = decision.outcome === 'deny' ? decision.reasons.map(({ requirement }) => requirement) : [];
        expect(reasons.sort()).toEqual([...(lawCase.reasons ?? [])].sort());
        expect(decision.outcome).toBe(lawCase.decision);
        if (lawCase.expires_after_days === undefined) return;
        const expiry = decision.outcome === 'permit' ? decision.obligations?.expires_at : undefined;
        expect(Date.parse(expiry ?? '')).toBe(now + lawCase.expires_after_days * DAY_MS);
      });
    }
  });
}
