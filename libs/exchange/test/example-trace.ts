import { digestOf, digestOfText, type JsonObject, type SigningKey } from '#protocol';
import { generateDecryptionKey, generateSigningKey } from '#protocol/io';
import { signEntityConfiguration, signSubordinateStatement, type PinnedAnchor } from '#trust';
import { seededRandomness } from '../../../test/support/fakes.js';
import {
  approvedFields,
  askedFields,
  deliveredFields,
  endedFields,
  grantedFields,
  refusedFields,
  releaseFields,
  releaseLoggedFields,
  sentFields,
} from '../src/index.js';
import { ExampleLedger } from './example-ledger.js';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const TXN = '0f0e0d0c-0b0a-4908-8706-050403020100';
export const REQUEST = digestOfText('the request');
const SECONDS = NOW / 1000 - 60;
const TRACE = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
const ASK = digestOfText('the ask');
const RULE = digestOfText('the rule');
export const CIPHERTEXT = digestOfText('the ciphertext');

const ids = {
  anchor: 'https://anchor.example',
  requester: 'https://salish-point.wa.example',
  broker: 'https://broker.example',
  owner: 'https://juniper-bend.or.example',
} as const;
type Party = Exclude<keyof typeof ids, 'anchor'>;
export const EXAMPLE_IDS = ids;

const NAMES: Record<Party, string> = {
  requester: 'Salish Point Police',
  broker: 'Example broker',
  owner: 'Juniper Bend Police',
};

/**
 * An exchange between three invented parties, told in three signed ledgers below one anchor. A test plays the steps it
 * wants, leaves some out or plays them otherwise, and takes the bundle that an agency's node would hand out.
 */
export class ExampleTrace {
  private constructor(
    readonly anchors: readonly PinnedAnchor[],
    readonly ledgers: Readonly<Record<Party, ExampleLedger>>,
    private readonly chains: Readonly<Record<Party, readonly string[]>>,
  ) {}

  static async begin(seed: string): Promise<ExampleTrace> {
    const randomness = seededRandomness(seed);
    const anchorKey = await generateSigningKey();
    const ledgers = {
      requester: await ExampleLedger.of(ids.requester, randomness),
      broker: await ExampleLedger.of(ids.broker, randomness),
      owner: await ExampleLedger.of(ids.owner, randomness),
    };
    const chains = {
      requester: await chainOf('requester', ledgers.requester, anchorKey),
      broker: await chainOf('broker', ledgers.broker, anchorKey),
      owner: await chainOf('owner', ledgers.owner, anchorKey),
    };
    return new ExampleTrace([{ entityId: ids.anchor, jwks: { keys: [anchorKey.publicJwk] } }], ledgers, chains);
  }

  readonly #hop = { txn: TXN, trace: TRACE };
  readonly #of = { ...this.#hop, request: REQUEST, requester: ids.requester, owner: ids.owner };

  asked(fanOut = 1): Promise<string> {
    const of = { requester: ids.requester, ask: ASK, officer: 'officer-pseudonym', fan_out: fanOut };
    const coded = { purpose: 'criminal-investigation', offence: '120', beneficiary: 'none' };
    const content = { case_tag: 'tag', plate_tags: ['tag'] };
    return this.ledgers.requester.add('asked', askedFields({ ...this.#hop, ...of, ...coded }, content), SECONDS);
  }

  approved(change: { ask?: string; supervisor?: string } = {}): Promise<string> {
    const of = { requester: ids.requester, ask: ASK, supervisor: 'supervisor-pseudonym', approval: digestOfText('it') };
    return this.ledgers.requester.add('approved', approvedFields({ ...this.#hop, ...of, ...change }), SECONDS + 1);
  }

  refusedHere(): Promise<string> {
    const of = { request: ASK, requester: ids.requester, owner: ids.requester, rule: 'ask' };
    const fields = refusedFields({ ...this.#hop, ...of, reasons: ['purpose_not_allowed'] });
    return this.ledgers.requester.add('refused', fields, SECONDS);
  }

  granted(change: { request?: string } = {}): Promise<string> {
    const fields = grantedFields({ ...this.#of, ...change, rule: RULE, undetermined: ['narrative'] });
    return this.ledgers.broker.add('granted', fields, SECONDS + 2);
  }

  refusedBy(party: 'broker' | 'owner'): Promise<string> {
    const fields = refusedFields({ ...this.#of, rule: RULE, reasons: ['protection_not_met'] });
    return this.ledgers[party].add('refused', fields, SECONDS + 3);
  }

  failed(): Promise<string> {
    return this.ledgers.broker.add('failed', endedFields({ ...this.#of, state: 'failed' }), SECONDS + 9);
  }

  released(granted: string, change: { ciphertext?: string; iat?: number } = {}): Promise<string> {
    const { ciphertext = CIPHERTEXT, iat = SECONDS + 3 } = change;
    const content = { outcome: 'reads', read_count: 2, officer_tag: 't', supervisor_tag: 't', case_tag: 't' };
    return this.ledgers.owner.add(
      'release',
      releaseFields({ ...this.#of, rule: RULE, ciphertext, granted }, { ...content, plate_tags: ['t'], reasons: [] }),
      iat,
    );
  }

  logged(release: string, change: { ciphertext?: string } = {}): Promise<string> {
    const fields = releaseLoggedFields({ ...this.#of, release, ciphertext: CIPHERTEXT, ...change });
    return this.ledgers.broker.add('release_logged', fields, SECONDS + 4);
  }

  sent(release: string, by: Party = 'owner'): Promise<string> {
    return this.ledgers[by].add('sent', sentFields({ ...this.#of, release }), SECONDS + 5);
  }

  delivered(state: string, release?: string): Promise<string> {
    const none = { answer: digestOfText(''), release: '' };
    const evidence = digestOf(release === undefined ? none : { answer: CIPHERTEXT, release });
    const fields = deliveredFields({ ...this.#of, state, evidence });
    return this.ledgers.requester.add('delivered', fields, SECONDS + 6);
  }

  /** All of it, as it goes when everybody does what they should. */
  async permitted(): Promise<this> {
    await this.asked();
    await this.approved();
    const release = await this.released(await this.granted());
    await this.logged(release);
    await this.sent(release);
    await this.delivered('replied', release);
    return this;
  }

  /** Refused by the owner's published rule at the broker. */
  async refused(): Promise<this> {
    await this.asked();
    await this.approved();
    await this.refusedBy('broker');
    await this.delivered('broker_denied');
    return this;
  }

  /** What `GET /trace/TXN` of the requesting node answers. */
  bundle(silent: Partial<Record<Party, string>> = {}): JsonObject {
    const parties = ['requester', 'broker', 'owner'] as const;
    return {
      txn: TXN,
      ledgers: parties.map((party): JsonObject => {
        const missing = silent[party];
        const entity_id = ids[party];
        const chain = [...this.chains[party]];
        if (missing !== undefined) return { entity_id, chain, missing };
        return { entity_id, chain, evidence: this.ledgers[party].evidence() };
      }),
    };
  }
}

async function chainOf(party: Party, ledger: ExampleLedger, anchorKey: SigningKey): Promise<string[]> {
  const entityId = ids[party];
  const key = await generateSigningKey();
  const type = party === 'broker' ? 'comity_broker' : 'comity_agency';
  const encryption = party === 'broker' ? [] : [(await generateDecryptionKey()).publicJwk];
  const times = { issuedAt: NOW - 60_000, lifetimeSeconds: 3_600 };
  const stated = { name: NAMES[party] };
  const configuration = await signEntityConfiguration({
    ...times,
    entityId,
    key,
    metadata: {
      [type]: {
        endpoint: entityId,
        jwks: { keys: [ledger.signingKey.publicJwk, ...encryption] },
        ledger: { origin: ledger.noteKey.name, vkey: ledger.noteKey.vkey },
      },
    },
    authorityHints: [ids.anchor],
    trustMarks: [],
  });
  const statement = await signSubordinateStatement({
    ...times,
    issuer: ids.anchor,
    subject: entityId,
    key: anchorKey,
    jwks: { keys: [key.publicJwk] },
    metadata: { [type]: stated },
    statusIndex: 0,
  });
  const anchor = await signEntityConfiguration({
    ...times,
    entityId: ids.anchor,
    key: anchorKey,
    metadata: { federation_entity: {} },
    authorityHints: [],
    trustMarks: [],
  });
  return [configuration, statement, anchor];
}
