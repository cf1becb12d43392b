import { isCount } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { parseVkey, type NoteKeyType, type VerificationKey } from './note-key.js';

/** A log whose checkpoints a policy accepts. */
export interface PolicyLog {
  readonly key: VerificationKey;
  /** Where it can be read, without a final slash. */
  readonly url: string | undefined;
}

export interface PolicyWitness extends PolicyLog {
  /** Its name inside the policy; it means nothing outside. */
  readonly name: string;
}

/** `threshold` of `members` (witnesses and earlier groups) have to have witnessed. */
interface PolicyGroup {
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Which logs and which cosignatures make a checkpoint valid, https://c2sp.org/tlog-policy. */
export interface TlogPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: ReadonlyMap<string, PolicyGroup>;
  /** Name of a witness or group; `undefined` for `quorum none`. */
  readonly quorum: string | undefined;
}

const MAX_LINES = 1_000;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/**
 * Reads a policy file. Names are compared exactly; a name is defined before it is used, and is a member of one group at most,
 * so that no witness counts twice.
 *
 * @throws LedgerError `malformed_policy`, saying the line
 */
export function parseTlogPolicy(text: string): TlogPolicy {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES || !text.isWellFormed()) throw malformed(0, 'too long, or not Unicode');
  const reading = new PolicyReading();
  lines.forEach((line, i) => reading.read(i + 1, line));
  return reading.finish();
}

class PolicyReading {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups = new Map<string, PolicyGroup>();
  readonly #members = new Set<string>();
  #quorum: { readonly name: string } | undefined;

  read(number: number, line: string): void {
    if (FORBIDDEN.test(line)) throw malformed(number, 'a control character');
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    const refuse = (reason: string) => malformed(number, reason);
    switch (keyword) {
      case 'log':
        this.#logs.push(readKey(words, 'note', this.#logs, refuse));
        return;
      case 'witness': {
        const [name = '', ...rest] = words;
        const witness = readKey(rest, 'cosignature', this.#witnesses, refuse);
        this.#define(name, refuse);
        this.#witnesses.push({ name, ...witness });
        return;
      }
      case 'group':
        this.#group(words, refuse);
        return;
      case 'quorum':
        if (this.#quorum !== undefined || words.length !== 1) throw refuse('not exactly one quorum');
        if (words[0] !== 'none' && !this.#isDefined(words[0])) throw refuse('the quorum is not defined before');
        this.#quorum = { name: words[0] ?? '' };
        return;
      default:
        throw refuse('an unknown keyword');
    }
  }

  finish(): TlogPolicy {
    if (this.#quorum === undefined) throw malformed(0, 'no quorum');
    const quorum = this.#quorum.name === 'none' ? undefined : this.#quorum.name;
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum };
  }

  #group([name = '', text, ...members]: string[], refuse: (reason: string) => LedgerError): void {
    for (const [i, member] of members.entries()) {
      if (!this.#isDefined(member) || members.indexOf(member) !== i) throw refuse('a member is not defined before');
      if (this.#members.has(member)) throw refuse('a member is in another group');
    }
    this.#define(name, refuse);
    members.forEach((member) => this.#members.add(member));
    this.#groups.set(name, { threshold: thresholdOf(text, members.length, refuse), members });
  }

  #define(name: string, refuse: (reason: string) => LedgerError): void {
    if (name === '' || name === 'none' || this.#isDefined(name)) throw refuse('a name is missing or defined twice');
  }

  #isDefined(name: string | undefined): boolean {
    return name !== undefined && (this.#groups.has(name) || this.#witnesses.some((witness) => witness.name === name));
  }
}

function readKey(
  [vkey, url, ...rest]: readonly string[],
  type: NoteKeyType,
  known: readonly PolicyLog[],
  refuse: (reason: string) => LedgerError,
): PolicyLog {
  if (vkey === undefined || rest.length > 0) throw refuse('a key and at most an address are expected');
  const key = keyFrom(vkey, refuse);
  if (key.type !== type) throw refuse('the key is of another kind');
  const point = Buffer.from(key.publicBytes);
  if (known.some((other) => point.equals(other.key.publicBytes))) throw refuse('a key is there twice');
  return { key, url: url?.replace(/\/$/, '') };
}

function keyFrom(vkey: string, refuse: (reason: string) => LedgerError): VerificationKey {
  try {
    return parseVkey(vkey);
  } catch {
    throw refuse('a key cannot be read');
  }
}

function thresholdOf(text: string | undefined, members: number, refuse: (reason: string) => LedgerError): number {
  const threshold =
    text === 'all' ? members : text === 'any' ? 1 : /^[1-9]\d{0,3}$/.test(text ?? '') ? Number(text) : 0;
  if (!isCount(threshold) || threshold < 1 || threshold > members) throw refuse('a threshold is out of range');
  return threshold;
}

/** Whether those witnesses (by the key they signed with) are a quorum. `quorum none` asks for nobody. */
export function isQuorum(policy: TlogPolicy, cosignedBy: ReadonlySet<string>): boolean {
  const witnessed = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (group !== undefined) return group.members.filter(witnessed).length >= group.threshold;
    return policy.witnesses.some((witness) => witness.name === name && cosignedBy.has(witness.key.vkey));
  };
  return policy.quorum === undefined || witnessed(policy.quorum);
}

function malformed(line: number, reason: string): LedgerError {
  return new LedgerError('malformed_policy', `not a policy: ${line === 0 ? '' : `line ${line}: `}${reason}`, { line });
}
