import { actedFields, opensTo, outcomeFields, verifiedFields } from '#exchange';
import { LedgerError } from '#ledger';
import { ProblemError, digestOf, newIdentifier, problem, type JsonObject } from '#protocol';
import {
  actRefusals,
  checkSeen,
  judge,
  misreadPairs,
  normalisePlateState,
  type ActRefusal,
  type AlertAction,
  type AlertOutcome,
  type Claimed,
  type ListedVehicle,
  type Seen,
  type Verification,
  type VerificationResult,
} from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { loggedReceipt } from '../logged-receipt.js';
import { textOf, type Alert, type StoredVerification } from './alerts.store.js';
import { ownPermit } from './own-permit.js';
import { receivedStanding } from './received-standing.js';

/** What a person states who has looked at the image. */
export interface Compared {
  readonly seen: Seen;
  /** Reference or digest of the image that was looked at. */
  readonly image: string;
}

/**
 * Records what a person saw. The result is computed, and the receipt commits to what was seen, so that neither can be
 * changed afterwards. Whoever saw anything but the listed vehicle ends the alert.
 */
export async function verifyAlert(
  alert: Alert,
  compared: Compared,
  by: string,
  node: AgencyNode,
): Promise<VerificationResult> {
  requireOpen(alert);
  checkSeen(compared.seen);
  const { seen, image } = compared;
  requireItsImage(alert, image);
  const standing = await standingOf(alert, node);
  const result = judge({ ...seen, stillListed: seen.stillListed && standing.listed }, claimedBy(alert));
  const stored: StoredVerification = {
    receiptId: `verified/${alert.id}/${newIdentifier(node.randomness)}`,
    by,
    result,
    seen: seenJson(seen),
    image,
    atMs: node.clock.now(),
  };
  const pairs = result === 'misread' ? misreadPairs(textOf(alert.read, 'plate'), seen.plate) : [];
  await node.dataSource.transaction(async (manager) => {
    await node.alerts.verify(manager, alert, stored, pairs);
    await node.alerts.count(manager, countedAs(alert), result);
    await node.ledger.append(manager, {
      receiptId: stored.receiptId,
      kind: 'verified',
      ...txnOf(alert),
      fields: verifiedFields({ ...verifiedBy(alert, stored, node), ...txnOf(alert) }),
    });
  });
  await node.ledger.integrated(stored.receiptId);
  return result;
}

/** Why nobody may do this yet; empty where they may. The log counts, not the table. */
export async function whyNotAct(alert: Alert, action: AlertAction, node: AgencyNode): Promise<ActRefusal[]> {
  if (alert.state === 'withdrawn') return ['entry_gone'];
  const verifications = (await loggedVerifications(alert, node)).map(({ verification }) => verification);
  const standing = await standingOf(alert, node);
  return actRefusals(action, { verifications, ...standing, now: node.clock.now() });
}

/**
 * A person acts. Refused with every reason while it is not verified: there is no other way to record an act, and an act that
 * is not on record was not made through this system.
 *
 * @throws ProblemError 409 `not_actionable`
 */
export async function actOnAlert(alert: Alert, action: AlertAction, by: string, node: AgencyNode): Promise<void> {
  const refusals = await whyNotAct(alert, action, node);
  if (refusals.length > 0 || alert.state !== 'open') {
    throw new ProblemError(
      problem(409, 'not_actionable', 'nobody may act on this alert', {
        detail: refusals.map((code) => REMEDIES[code]).join('; ') || `the alert is ${alert.state}`,
      }),
    );
  }
  const logged = await loggedVerifications(alert, node);
  const receiptId = `acted/${alert.id}/${newIdentifier(node.randomness)}`;
  await node.dataSource.transaction(async (manager) => {
    await node.alerts.act(manager, alert, action, receiptId);
    await node.alerts.count(manager, countedAs(alert), `acted_${action}`);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'acted',
      ...txnOf(alert),
      fields: actedFields({
        agency: node.entityId,
        alert: alert.id,
        by,
        action,
        verifications: logged.map(({ digest }) => digest),
        ...txnOf(alert),
      }),
    });
  });
  await node.ledger.integrated(receiptId);
}

const REMEDIES: Readonly<Record<ActRefusal, string>> = {
  not_verified: 'a person has to compare the image with plate, state and vehicle first: comity alert verify',
  second_person_needed: 'a stop needs a second, different person who verifies it',
  contradicted: 'somebody saw another plate, state or vehicle, or a list that no longer stands',
  confirmation_too_old: 'the confirmation is older than an hour: verify again',
  list_stale: 'the list is older than the rule allows: refresh it',
  entry_gone: 'the plate is not on the list any more',
};

/** What came of it, once. */
export async function reportOutcome(alert: Alert, outcome: AlertOutcome, by: string, node: AgencyNode): Promise<void> {
  if ((outcome === 'right_vehicle' || outcome === 'wrong_vehicle') && alert.acted === undefined) {
    throw new ProblemError(
      problem(409, 'not_acted', 'nobody has acted on this alert', { detail: 'report `not_found` or `not_acted`' }),
    );
  }
  const receiptId = `outcome/${alert.id}`;
  await node.dataSource.transaction(async (manager) => {
    if (!(await node.alerts.close(manager, alert, outcome, receiptId))) {
      throw new ProblemError(problem(409, 'outcome_stands', 'the outcome of this alert is reported already'));
    }
    await node.alerts.count(manager, countedAs(alert), outcome);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'outcome',
      ...txnOf(alert),
      fields: outcomeFields({
        agency: node.entityId,
        of: alert.id,
        outcome,
        by,
        within_obligations: node.clock.now() < alert.expiresAtMs,
        ...txnOf(alert),
      }),
    });
  });
  await node.ledger.integrated(receiptId);
}

/** The verifications of the table that the log bears out, in every field that counts; one that it does not is none. */
async function loggedVerifications(
  alert: Alert,
  node: AgencyNode,
): Promise<{ verification: Verification; digest: string }[]> {
  const stored = await node.alerts.verifications(alert.id);
  const found = await Promise.all(
    stored.map(async (each) => {
      const logged = await loggedReceipt(node.ledger, each.receiptId).catch((error: unknown) => {
        if (error instanceof LedgerError) return undefined;
        throw error;
      });
      if (logged?.kind !== 'verified' || !opensTo(logged.opened, verifiedBy(alert, each, node))) return [];
      return [{ verification: { by: each.by, result: each.result, at: logged.atMs }, digest: logged.digest }];
    }),
  );
  // A row that was changed does not just vanish: nothing is acted on beside it.
  return found.some((each) => each.length === 0) ? [] : found.flat();
}

function verifiedBy(alert: Alert, { by, result, seen, image }: StoredVerification, node: AgencyNode) {
  return {
    agency: node.entityId,
    alert: alert.id,
    by,
    verdict: result,
    basis: digestOf({ seen, image, entry: alert.entry, read: alert.read }),
  };
}

async function standingOf(alert: Alert, node: AgencyNode): Promise<{ listed: boolean; fresh: boolean }> {
  if (alert.origin !== 'own') return receivedStanding(alert, node);
  const standing = await node.hotLists.standing(alert.list ?? '', alert.record ?? '', await ownPermit(node));
  return { listed: standing !== undefined, fresh: standing?.mayHit ?? false };
}

function claimedBy({ entry, read }: Alert): Claimed {
  const state = entry['plate_state'] ?? read['plate_state'];
  const vehicle = entry['vehicle'] as ListedVehicle | undefined;
  return {
    plate: textOf(entry, 'plate'),
    ...(typeof state === 'string' ? { plateState: normalisePlateState(state) } : {}),
    ...(vehicle === undefined ? {} : { vehicle }),
  };
}

function seenJson({ plate, plateState, vehicle, stillListed }: Seen): JsonObject {
  return { plate, plate_state: plateState, vehicle, still_listed: stillListed };
}

/** Whoever compares another image has compared another vehicle. */
function requireItsImage({ read }: Alert, image: string): void {
  const own = read['image'];
  if (own === undefined || own === image) return;
  throw new ProblemError(
    problem(422, 'other_image', 'this is not the image of the alert', { detail: 'comity alert show names it' }),
  );
}

function requireOpen({ state }: Alert): void {
  if (state === 'open') return;
  throw new ProblemError(problem(409, 'alert_ended', 'this alert has ended', { detail: `it is ${state}` }));
}

/** Counted by list; what other agencies released, by their subscription. */
function countedAs({ list }: Alert): string {
  return list ?? 'received';
}

function txnOf({ txn }: Alert): { txn?: string } {
  return txn === undefined ? {} : { txn };
}
