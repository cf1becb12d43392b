import type { ReachTarget } from './organisation-class.js';
import type { StepKind } from './reach-graph.js';

/** An arrangement through which others come to what an agency gets, and the level that keeps the class out. */
export interface Arrangement {
  readonly kind: StepKind;
  readonly protection: string;
  readonly level: string;
  readonly to: string;
}

const AUTHORITY = 'federal immigration authority';
const MEMBERS = {
  taskForce: 'members of a task force',
  centre: 'users of a shared centre',
  signIn: 'whoever else signs in',
};
const SIGN_IN: Arrangement = { kind: 'shared-sign-in', protection: 'sign-in', level: 'personal', to: MEMBERS.signIn };
const FEDERAL: readonly Arrangement[] = [
  { kind: 'agreement-287g', protection: 'agreement-287g', level: 'none', to: AUTHORITY },
  { kind: 'task-force', protection: 'task-force', level: 'local-only', to: MEMBERS.taskForce },
  { kind: 'shared-centre', protection: 'shared-centre', level: 'local-only', to: MEMBERS.centre },
  SIGN_IN,
];
const ANY_TASK_FORCE: Arrangement = {
  kind: 'task-force',
  protection: 'task-force',
  level: 'none',
  to: MEMBERS.taskForce,
};
const ANY_CENTRE: Arrangement = {
  kind: 'shared-centre',
  protection: 'shared-centre',
  level: 'none',
  to: MEMBERS.centre,
};

/** What would let the class see what an agency sees, by class. */
export const ARRANGEMENTS: Readonly<Record<ReachTarget, readonly Arrangement[]>> = {
  immigration: FEDERAL,
  federal: FEDERAL,
  'out-of-state': [ANY_TASK_FORCE, ANY_CENTRE, SIGN_IN],
  private: [
    { kind: 'private-control', protection: 'control', level: 'public', to: 'private persons or owners' },
    SIGN_IN,
  ],
  'shared-centre': [ANY_CENTRE],
  'task-force': [ANY_TASK_FORCE],
  'stale-account': [],
};
