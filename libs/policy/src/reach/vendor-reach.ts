import type { AgreementModel } from './agency-lists.js';
import type { ReachTarget } from './organisation-class.js';
import { ReachGraphDraft } from './reach-graph-draft.js';
import type { ReachGraph, StepKind } from './reach-graph.js';
import type { VendorNetwork, VendorOrganisation } from './vendor-network.js';

export interface VendorReach {
  /** Place of the owner in the network. */
  readonly owner: number;
  readonly target: ReachTarget;
  /** How often data is given on after the owner gave it. `any`: over any number of hands. */
  readonly onward: 0 | 1 | 'any';
  /** Which agreements under section 287(g) open a way. */
  readonly models: ReadonlySet<AgreementModel>;
  /** Whether a search for somebody else counts as a way, which on such a network nothing excludes. */
  readonly withBeneficiaries: boolean;
}

/** What a party that sees the data opens to others, whoever gave it the data. */
interface Exit {
  readonly kind: StepKind;
  readonly to: string;
  readonly certainty: 'stated' | 'not_excluded';
  readonly openedBy: string;
  readonly source?: string;
  readonly change: string;
}

const AUTHORITY = 'federal immigration authority';
const SECTION_287G = '8 U.S.C. 1357(g)';
const OPENED_TO: Readonly<Record<ReachTarget, string>> = {
  immigration: 'a body that enforces immigration law',
  federal: 'a federal body',
  'out-of-state': 'a body of another state',
  private: 'a private body',
  'shared-centre': 'a shared centre',
  'task-force': 'a task force',
  'stale-account': 'an account of nobody',
};

/**
 * Every step by which the owner's reads could come to the class over a vendor's network: what the owner shares, what those
 * who see it could give on, and the arrangements through which others see what they see.
 */
export function vendorReach(network: VendorNetwork, reach: VendorReach): ReachGraph {
  const { organisations, sharesWith } = network;
  const owner = organisations[reach.owner];
  if (!owner) throw new RangeError('the owner is none of the network');
  const draft = new ReachGraphDraft();
  const exits = organisations.map((organisation) => exitsOf(organisation, reach));
  const isTarget = (place: number): boolean =>
    place !== reach.owner && isOf(organisations[place], reach.target, owner.state);
  const leads = (place: number): boolean => isTarget(place) || (exits[place]?.length ?? 0) > 0;
  const node = (place: number, layer: string): number => {
    const organisation = organisations[place];
    const party = organisation ?? { name: '', role: '' };
    const { name, role } = party;
    const state = organisation?.state;
    return draft.node(
      `${layer} ${place}`,
      { id: name, name, role, ...(state !== undefined && { state }) },
      isTarget(place),
    );
  };
  const source = node(reach.owner, 'owner');
  const exitsAdded = new Set<number>();
  const arrive = (place: number, at: number): void => {
    const opened = exits[place] ?? [];
    if (opened.length === 0 || isTarget(place)) return;
    // One node for all that a party opens, however it came by the data: ending an arrangement closes it once.
    const door = node(place, 'opens');
    draft.join(at, door);
    if (exitsAdded.has(place)) return;
    exitsAdded.add(place);
    const by = place === reach.owner ? 'owner' : 'another';
    for (const exit of opened) addExit(draft, door, exit, { name: organisations[place]?.name ?? '', by });
  };
  // What the owner itself opens: its own agreement needs no share.
  arrive(reach.owner, source);
  const direct = sharesWith.get(reach.owner) ?? [];
  for (const place of direct) addShare(draft, source, node(place, 'given'), organisations[place]);
  // Grows while it is gone through, where data may pass any number of hands.
  const given = new Set(direct);
  for (const place of given) {
    const at = node(place, 'given');
    arrive(place, at);
    if (reach.onward === 0 || isTarget(place)) continue;
    for (const next of sharesWith.get(place) ?? []) {
      if (next === reach.owner) continue;
      if (reach.onward === 'any') {
        addOnward(draft, at, node(next, 'given'), organisations[place], organisations[next]);
        given.add(next);
      } else if (leads(next)) {
        const second = node(next, 'given on');
        addOnward(draft, at, second, organisations[place], organisations[next]);
        arrive(next, second);
      }
    }
  }
  return draft.graph(source);
}

function addShare(draft: ReachGraphDraft, from: number, to: number, recipient: VendorOrganisation | undefined): void {
  const name = recipient?.name ?? '';
  const change = draft.change(`share ${name}`, 'owner', `stop sharing with ${name}`);
  const openedBy = 'the owner shares its network';
  draft.step({ from, to, kind: 'direct', certainty: 'stated', openedBy, closedBy: [change] });
}

function addOnward(
  draft: ReachGraphDraft,
  from: number,
  to: number,
  giver: VendorOrganisation | undefined,
  taker: VendorOrganisation | undefined,
): void {
  const [by, with_] = [giver?.name ?? '', taker?.name ?? ''];
  const change = draft.change(`onward ${by} ${with_}`, 'another', `bind ${by} to give nothing on to ${with_}`);
  const openedBy = `${by} works with ${with_} over its own network, and no obligation forbids it to give on what it finds`;
  draft.step({ from, to, kind: 'onward', certainty: 'not_excluded', openedBy, closedBy: [change] });
}

function addExit(
  draft: ReachGraphDraft,
  from: number,
  exit: Exit,
  { name, by }: { readonly name: string; readonly by: 'owner' | 'another' },
): void {
  const { kind, certainty, openedBy, source } = exit;
  const to = draft.node(`sink ${exit.to}`, { id: exit.to, name: exit.to, role: 'whoever this opens to' }, true);
  const change = draft.change(`${kind} ${name}`, by, exit.change);
  draft.step({ from, to, kind, certainty, openedBy, ...(source !== undefined && { source }), closedBy: [change] });
}

function isOf(
  organisation: VendorOrganisation | undefined,
  target: ReachTarget,
  ownState: string | undefined,
): boolean {
  if (!organisation) return false;
  if (target === 'out-of-state') return organisation.state !== undefined && organisation.state !== ownState;
  if (target === 'federal' && organisation.classes.includes('immigration')) return true;
  return organisation.classes.includes(target);
}

function exitsOf(
  organisation: VendorOrganisation,
  { target, models, withBeneficiaries }: VendorReach,
): readonly Exit[] {
  if (target === 'stale-account') return [];
  const opensTo = OPENED_TO[target];
  const { name, classes } = organisation;
  const exits: Exit[] = [];
  const agreements = organisation.agreements.filter(({ model }) => models.has(model));
  if (agreements.length > 0 && (target === 'immigration' || target === 'federal')) {
    const named = agreements.map(({ model, signed }) => (signed === undefined ? model : `${model}, signed ${signed}`));
    exits.push({
      kind: 'agreement-287g',
      to: AUTHORITY,
      certainty: 'stated',
      openedBy: `${name} is on the published list: ${named.toSorted().join('; ')}`,
      source: SECTION_287G,
      change: `${name} ends its 287(g) ${agreements.length === 1 ? 'agreement' : 'agreements'}`,
    });
  }
  for (const kind of ['shared-centre', 'task-force'] as const) {
    if (!classes.includes(kind)) continue;
    exits.push({
      kind,
      to: kind === 'task-force' ? 'members of a task force' : 'users of a shared centre',
      certainty: 'not_excluded',
      openedBy: `nobody attests that no part of ${name} is ${opensTo}`,
      change: `have it attested that no part of ${name} is ${opensTo}`,
    });
  }
  if (withBeneficiaries && exits.length === 0) {
    exits.push({
      kind: 'beneficiary',
      to: `whoever ${name} searches for`,
      certainty: 'not_excluded',
      openedBy: `no search of ${name} states on whose behalf it is made`,
      change: `${name} states the beneficiary of each search`,
    });
  }
  return exits;
}
