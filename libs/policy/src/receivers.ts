import { ACCESS_LISTS, type AccessBody, type AccessList } from './access.js';
import type { Fact, Facts, Party } from './facts.js';
import { judge, met, unmet, foundOf, type Finding, type Point } from './finding.js';
import { quoted } from './strict-reader.js';

/** Somebody who will have the data, and of whom the rule asks the same, whoever it is. */
export interface Receiver {
  readonly role: 'requester' | 'beneficiary' | 'with_access';
  readonly party: Party;
  /** Of a body with access: how it comes to the data, for whoever reads the reason. */
  readonly through?: string;
}

/** What one list of one receiver says; `unknown` are those on it that are enrolled nowhere. */
interface ReadList {
  readonly receiver: Receiver;
  readonly list: AccessList;
  readonly unknown: Fact<readonly string[]>;
}

interface Spread {
  readonly receivers: readonly Receiver[];
  readonly lists: readonly ReadList[];
}

/** Who will have the data: the requester, an enrolled beneficiary (P06), and every enrolled body with access to either. */
export function receiversOf(facts: Facts): readonly Receiver[] {
  return spreadOf(facts).receivers;
}

/** A finding about a receiver; of a body with access it says which one, since a rule names the role alone. */
export function about({ role, party, through }: Receiver, finding: Finding): Finding {
  if (role !== 'with_access') return finding;
  return foundOf(`${quoted(party.entityId)}${through === undefined ? '' : `, which ${through}`}`, finding);
}

/**
 * Who has access is stated by the superior of every receiver, list by list, and everybody on the lists is enrolled. Who is,
 * is a receiver and meets what the rule asks of each; who is not meets nothing, and neither does whom nobody names.
 */
export function accessFindings(facts: Facts): readonly Finding[] {
  const { receivers, lists } = spreadOf(facts);
  return receivers.flatMap((receiver) => {
    const findings = lists.filter((read) => read.receiver === receiver).map(listFinding);
    const open = findings.filter(({ kind }) => kind !== 'met');
    const all = met(pointOf(receiver, undefined), 'every list is stated, and everybody on them is enrolled');
    return (open.length > 0 ? open : [all]).map((finding) => about(receiver, finding));
  });
}

function pointOf({ role }: Receiver, list: AccessList | undefined): Point {
  return {
    requirement: list === undefined ? `${role}.access` : `${role}.access.${list.member}`,
    required: 'the superior states who else comes to what the agency receives, and all of them are enrolled',
    remedy: `its superior has to state \`access.${list?.member}\`, as an empty list where there is nobody`,
  };
}

function listFinding({ receiver, list, unknown }: ReadList): Finding {
  const point = pointOf(receiver, list);
  if (unknown.state === 'absent') return unmet(point, 'access_not_stated', `\`${list.member}\` is not stated`);
  return judge(unknown, point, (bodies) => {
    if (bodies.length === 0) return met(point, 'all enrolled');
    const remedy =
      'let each of them be enrolled and meet what the rule requires, or end its access and its place on the list';
    return unmet(point, 'access_party_not_enrolled', bodies.map((body) => quoted(body)).join(', '), remedy);
  });
}

const SPREADS = new WeakMap<Facts, Spread>();

/** Found once for a decision: many conditions ask for it. */
function spreadOf(facts: Facts): Spread {
  const before = SPREADS.get(facts);
  if (before !== undefined) return before;
  const spread = follow(facts);
  SPREADS.set(facts, spread);
  return spread;
}

/** From the requester and the beneficiary over every list, each body once; the owner itself has the data already. */
function follow(facts: Facts): Spread {
  const { requester, beneficiary, owner } = facts;
  const enrolled = byId(facts.withAccess);
  const receivers: Receiver[] = [{ role: 'requester', party: requester }];
  if (beneficiary.state === 'known' && beneficiary.value.kind === 'party') {
    receivers.push({ role: 'beneficiary', party: beneficiary.value.party });
  }
  const seen = new Set(receivers.map(({ party }) => party.entityId));
  if (owner.state === 'known') seen.add(owner.value.entityId);
  const lists: ReadList[] = [];
  // The list grows while it is walked.
  for (const receiver of receivers) {
    for (const list of ACCESS_LISTS) {
      const bodies = receiver.party.access[list.list];
      if (bodies.state !== 'known') {
        lists.push({ receiver, list, unknown: bodies });
        continue;
      }
      const unknown: string[] = [];
      for (const { entityId, name } of bodies.value.length > 1 ? [...bodies.value].sort(byName) : bodies.value) {
        if (entityId === undefined) unknown.push(name);
        else if (!seen.has(entityId)) {
          const party = enrolled.get(entityId);
          if (party === undefined) unknown.push(entityId);
          else {
            seen.add(entityId);
            const through = `${list.through} ${quoted(receiver.party.entityId)}`;
            receivers.push({ role: 'with_access', party, through });
          }
        }
      }
      lists.push({ receiver, list, unknown: { state: 'known', value: unknown } });
    }
  }
  return { receivers, lists };
}

/** Of one that is described twice nobody knows which description holds: it counts as not enrolled. */
function byId(parties: readonly Party[]): ReadonlyMap<string, Party> {
  const known = new Map<string, Party>();
  const twice = new Set<string>();
  for (const party of parties) {
    if (known.has(party.entityId)) twice.add(party.entityId);
    known.set(party.entityId, party);
  }
  for (const id of twice) known.delete(id);
  return known;
}

function byName(a: AccessBody, b: AccessBody): number {
  const [nameA, nameB] = [a.entityId ?? a.name, b.entityId ?? b.name];
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0;
}
