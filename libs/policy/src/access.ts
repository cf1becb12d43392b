import { ABSENT, known, type Fact } from './fact.js';

/** A body that comes to what an agency receives: by its entity id where it is enrolled, else by its name. */
export type AccessBody =
  { readonly entityId: string; readonly name?: undefined } | { readonly entityId?: undefined; readonly name: string };

/**
 * Who else comes to what an agency receives, list by list, as its superior states it. A list that is not stated could name
 * anybody, so that leaving one out gains nothing.
 */
export interface Access {
  readonly controllingBodies: Fact<readonly AccessBody[]>;
  readonly taskForces: Fact<readonly AccessBody[]>;
  readonly sharedCentres: Fact<readonly AccessBody[]>;
  readonly sharedSignIns: Fact<readonly AccessBody[]>;
}

/** Each list, the member in which a superior states it, and how a body on it comes to the data. */
export const ACCESS_LISTS = [
  { list: 'controllingBodies', member: 'controlling_bodies', through: 'controls' },
  { list: 'taskForces', member: 'task_forces', through: 'is in a task force with' },
  { list: 'sharedCentres', member: 'shared_centres', through: 'shares a centre with' },
  { list: 'sharedSignIns', member: 'shared_sign_ins', through: 'uses log-ins of' },
] as const satisfies readonly { list: keyof Access; member: string; through: string }[];

export type AccessList = (typeof ACCESS_LISTS)[number];

/** Every list is stated, and names nobody. */
export const NOBODY_ELSE: Access = {
  controllingBodies: known([]),
  taskForces: known([]),
  sharedCentres: known([]),
  sharedSignIns: known([]),
};

/** Nothing is stated: the worst that it could be. */
export const ACCESS_NOT_STATED: Access = {
  controllingBodies: ABSENT,
  taskForces: ABSENT,
  sharedCentres: ABSENT,
  sharedSignIns: ABSENT,
};
