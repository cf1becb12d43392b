import { normalisePlate, normalisePlateState } from '../plate.js';
import { ReadsError } from '../reads-error.js';
import type { ListedVehicle } from './entry.js';

export const VERIFICATION_RESULTS = ['confirmed', 'misread', 'wrong_state', 'wrong_vehicle', 'stale'] as const;
export type VerificationResult = (typeof VERIFICATION_RESULTS)[number];

/** What may be done about a hit. `stop` is the act at gunpoint: it takes two persons. */
export const ACTIONS = ['stop', 'follow', 'contact', 'note'] as const;
export type AlertAction = (typeof ACTIONS)[number];

/** What a person sees when they look at the image: not what the list or the camera says. */
export interface Seen {
  /** The plate as the image shows it. */
  readonly plate: string;
  /** Two letters, or `unreadable`. */
  readonly plateState: string;
  /** The vehicle in the image, in the words of the list; `unreadable` where it cannot be told. */
  readonly vehicle: 'same' | 'different' | 'unreadable' | 'not_listed';
  /** Whether the list still stands, as the person has checked it with whoever entered it. */
  readonly stillListed: boolean;
}

/** What an alert claims, that the image is compared with. */
export interface Claimed {
  readonly plate: string;
  readonly plateState?: string;
  readonly vehicle?: ListedVehicle;
}

/**
 * What a comparison comes to. It is computed from what the person saw; nobody ticks `confirmed`. What cannot be read confirms
 * nothing: an unreadable state or vehicle that the list names is a wrong one until somebody can read it.
 *
 * @throws ReadsError where what was seen is no plate or state
 */
export function judge(seen: Seen, claimed: Claimed): VerificationResult {
  if (normalisePlate(seen.plate) !== claimed.plate) return 'misread';
  if (claimed.plateState !== undefined && stateOf(seen) !== claimed.plateState) return 'wrong_state';
  // A list that names no state cannot be held against one, and a person has to have read which it is.
  if (claimed.plateState === undefined && stateOf(seen) === undefined) return 'wrong_state';
  if (claimed.vehicle !== undefined && seen.vehicle !== 'same') return 'wrong_vehicle';
  if (claimed.vehicle === undefined && seen.vehicle === 'different') return 'wrong_vehicle';
  return seen.stillListed ? 'confirmed' : 'stale';
}

function stateOf({ plateState }: Seen): string | undefined {
  return plateState === 'unreadable' ? undefined : normalisePlateState(plateState);
}

/** A comparison that somebody made, by their pseudonym. */
export interface Verification {
  readonly by: string;
  readonly result: VerificationResult;
  /** Milliseconds. */
  readonly at: number;
}

/** A confirmation is of the moment: the vehicle drives on, and the list changes. */
export const CONFIRMED_FOR_MS = 60 * 60 * 1000;

export type ActRefusal =
  'not_verified' | 'second_person_needed' | 'contradicted' | 'confirmation_too_old' | 'list_stale' | 'entry_gone';

/** Where an alert stands at the moment at which somebody wants to act. */
export interface ActSituation {
  readonly verifications: readonly Verification[];
  /** The entry is still on its list, and has not expired. */
  readonly listed: boolean;
  readonly fresh: boolean;
  readonly now: number;
}

/**
 * Why nobody may act on this alert yet; empty where they may. A machine never acts (law 9), and neither does the person who
 * has only been told: one confirmation for anything, two by different persons for a stop, and one that says otherwise ends it.
 */
export function actRefusals(action: AlertAction, of: ActSituation): ActRefusal[] {
  const confirmed = of.verifications.filter(({ result }) => result === 'confirmed');
  const recent = confirmed.filter(({ at }) => of.now - at <= CONFIRMED_FOR_MS && at <= of.now);
  const persons = new Set(recent.map(({ by }) => by)).size;
  return [
    ...(of.listed ? [] : ['entry_gone' as const]),
    ...(of.listed && !of.fresh ? ['list_stale' as const] : []),
    ...(of.verifications.some(({ result }) => result !== 'confirmed') ? ['contradicted' as const] : []),
    ...(confirmed.length === 0 ? ['not_verified' as const] : []),
    ...(confirmed.length > 0 && persons === 0 ? ['confirmation_too_old' as const] : []),
    ...(action === 'stop' && persons === 1 ? ['second_person_needed' as const] : []),
  ];
}

export const OUTCOMES = ['right_vehicle', 'wrong_vehicle', 'not_found', 'not_acted'] as const;
export type AlertOutcome = (typeof OUTCOMES)[number];

/** A hit that sent somebody after the wrong vehicle, or would have. */
export function isFalseHit(results: readonly VerificationResult[], outcome: AlertOutcome | undefined): boolean {
  return results.some((result) => result !== 'confirmed') || outcome === 'wrong_vehicle';
}

/** A character that a camera read for another one: what the statistics of look-alikes count. */
export interface MisreadPair {
  readonly read: string;
  readonly seen: string;
}

/** The characters that differ, place by place; none where the lengths do, since nobody can tell what was read for what. */
export function misreadPairs(read: string, seen: string): MisreadPair[] {
  const shown = normalisePlate(seen);
  if (shown.length !== read.length) return [];
  return [...read].flatMap((character, at) => {
    const other = shown.charAt(at);
    return other === character ? [] : [{ read: character, seen: other }];
  });
}

/** @throws ReadsError `plate_state_invalid` and the refusals of a plate */
export function checkSeen(seen: Seen): void {
  normalisePlate(seen.plate);
  if (!['same', 'different', 'unreadable', 'not_listed'].includes(seen.vehicle)) {
    throw new ReadsError('verification_invalid', 'the vehicle is `same`, `different`, `unreadable` or `not_listed`');
  }
  stateOf(seen);
}
