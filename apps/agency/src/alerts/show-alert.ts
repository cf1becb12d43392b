import type { JsonObject } from '#protocol';
import { ACTIONS, ageText, formatInstant, isFalseHit, misreadWarning } from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { textOf, type Alert } from './alerts.store.js';
import { whyNotAct } from './verify-alert.js';

/** An alert for the agency's own people: only once it is on record (law 1), and always with the age of its list. */
export async function showAlert(alert: Alert, node: AgencyNode): Promise<JsonObject> {
  await node.ledger.integrated(alert.receiptId);
  const verifications = await node.alerts.verifications(alert.id);
  const may = await Promise.all(
    ACTIONS.map(async (action): Promise<[string, string[]]> => [action, await whyNotAct(alert, action, node)]),
  );
  const plate = textOf(alert.read, 'plate');
  const confidence = alert.read['confidence'];
  const warning = misreadWarning({ plate, ...(typeof confidence === 'number' ? { confidence } : {}) });
  return {
    id: alert.id,
    origin: alert.origin,
    ...(alert.txn === undefined ? {} : { txn: alert.txn }),
    state: alert.state,
    // Nobody has looked yet, or it is a look-alike: nothing to act on.
    verified: verifications.some(({ result }) => result === 'confirmed') && alert.state === 'open',
    match: alert.match,
    state_unknown: alert.stateUnknown,
    ...(alert.list === undefined ? {} : { list: alert.list }),
    source: alert.source,
    list_refreshed_at: formatInstant(alert.refreshedAtMs),
    list_age: ageText(alert.refreshedAtMs, node.clock.now()),
    created_at: formatInstant(alert.createdAtMs),
    entry: alert.entry,
    read: alert.read,
    warning: warning.text,
    verifications: verifications.map(({ by, result, seen, image, atMs }): JsonObject => {
      return { by, result, seen, image, at: formatInstant(atMs) };
    }),
    refused: Object.fromEntries(may),
    ...(alert.acted === undefined ? {} : { acted: alert.acted }),
    ...(alert.outcome === undefined ? {} : { outcome: alert.outcome }),
    false_hit: isFalseHit(
      verifications.map(({ result }) => result),
      alert.outcome,
    ),
  };
}
