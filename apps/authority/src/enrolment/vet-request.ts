import { ASSURANCE_LEVELS, type VetAct } from '../acts/act-shapes.js';
import type { Performance } from '../acts/acts-desk.js';
import type { RecordedEvent } from '../event-feed.js';
import type { RegisterChanges } from '../register-changes.js';
import { RegisterRefusal } from '../register-refusal.js';
import type { Enrolment } from '../register.js';
import type { EnrolmentRequest, EnrolmentStore, Vetting } from './enrolment.store.js';

/**
 * One person's finding about a request. One who refuses ends it; the second who approves enrols, with the lower of the two
 * levels of assurance.
 */
export async function vetRequest(
  act: VetAct,
  performance: Performance,
  { store, changes }: { readonly store: EnrolmentStore; readonly changes: RegisterChanges },
): Promise<{ state: EnrolmentRequest['state']; approvals: number; events: readonly RecordedEvent[] }> {
  const { manager, authority, person, at, acts } = performance;
  await manager.query(`select pg_advisory_xact_lock(hashtextextended('request ' || $1, 0))`, [act.request]);
  const request = await store.find(act.request, manager);
  if (!request || request.superior !== authority.entityId) {
    throw new RegisterRefusal('no_such_request', 'there is no such request');
  }
  if (request.state !== 'waiting')
    throw new RegisterRefusal('no_such_request', `the request is ${request.state} already`);
  if ((act.verdict === 'approve') !== (act.assurance !== undefined)) {
    throw new RegisterRefusal('act_refused', 'an approval, and nothing else, says how well it was vetted');
  }
  const earlier = await store.vettings(request.id, manager);
  if (earlier.some((vetting) => vetting.person === person)) {
    throw new RegisterRefusal('same_person', 'another person has to look at it');
  }
  const { verdict, assurance, finding } = act;
  const own: Vetting = { person, verdict, assurance: assurance ?? null, finding, act: acts[0] ?? '' };
  await store.addVetting(manager, request.id, own, at);
  if (verdict === 'refuse') {
    await store.settle(manager, request.id, 'refused', at);
    return { state: 'refused', approvals: earlier.length, events: [] };
  }
  if (earlier.length === 0) return { state: 'waiting', approvals: 1, events: [] };
  const both = [...earlier, own];
  const change = { manager, authority, at, acts: both.map((vetting) => vetting.act) };
  const terms = { assurance: lowest(both), expiresAt: expiryOf(request) };
  const event = await changes.enrol(change, enrolmentOf(request), terms);
  await store.settle(manager, request.id, 'enrolled', at);
  return { state: 'enrolled', approvals: both.length, events: [event] };
}

function enrolmentOf({ entityId, superior, entityType, requested, jwks }: EnrolmentRequest): Enrolment {
  const allowed = entityType === 'federation_entity' ? [] : [entityType];
  const constraints = { max_path_length: 0, allowed_entity_types: allowed };
  return { entityId, superior, entityType, stated: requested, jwks, constraints };
}

function expiryOf({ requested }: EnrolmentRequest): number | null {
  const expires = requested['expires_at'];
  return typeof expires === 'number' ? expires * 1_000 : null;
}

function lowest(vettings: readonly Vetting[]): string {
  const known: readonly string[] = ASSURANCE_LEVELS;
  const ranks = vettings.map(({ assurance }) => known.indexOf(assurance ?? ''));
  return ASSURANCE_LEVELS[Math.max(0, Math.min(...ranks))] ?? ASSURANCE_LEVELS[0];
}
