import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { keySetFrom, type KeySet } from '#protocol';
import { exampleFederation, HOUR, ids, NOW, WARRANT, type ExampleFederation } from '../test/example-federation.js';
import {
  signDeclaration,
  signEvent,
  signHistoricalKeys,
  signMarkDelegation,
  signPossession,
  signRecall,
  signResolveResponse,
  signStatusList,
  signTrustMarkStatus,
  TrustError,
  verifyDeclaration,
  verifyEvent,
  verifyHistoricalKeys,
  verifyMarkDelegation,
  verifyPossession,
  verifyRecall,
  verifyResolveResponse,
  verifyStatusList,
  verifyTrustMarkStatus,
} from './index.js';

/** A genuine token, and how its reader verifies what came. */
interface Genuine {
  readonly name: string;
  readonly token: string;
  readonly verify: (token: string) => Promise<unknown>;
}

const JTI = 'aWRlbnRpZmllci0xMjM0NQ';
const DIGEST = 'D'.repeat(43);
const RUNS = 300;

let federation: ExampleFederation;
const genuine = new Map<string, Genuine>();

async function add(name: string, token: Promise<string>, verify: Genuine['verify']): Promise<void> {
  genuine.set(name, { name, token: await token, verify });
}

beforeAll(async () => {
  federation = await exampleFederation();
  const { keys, anchors } = federation;
  const set = (name: keyof typeof keys): Promise<KeySet> => keySetFrom({ keys: [keys[name].publicJwk] }, 'sig');
  const [or, agency, broker] = await Promise.all([set('or'), set('agency'), set('broker')]);
  const [mark, chain] = await Promise.all([federation.mark({}), federation.chain()]);
  const verified = await federation.verify(chain);
  const at = { issuedAt: NOW, now: NOW };
  const byOr = { issuer: ids.or, key: keys.or, issuedAt: NOW };
  const ofOr = { issuer: ids.or, keys: or, now: NOW };
  const jwks = { keys: [keys.agency.publicJwk] };
  await add('status list', signStatusList({ ...byOr, statuses: new Map([[3, 'revoked']]), size: 64 }), (token) =>
    verifyStatusList({ ...ofOr, token }),
  );
  const told = {
    jti: JTI,
    sequence: 1,
    previous: undefined,
    kind: 'suspended',
    subject: ids.agency,
    details: {},
  } as const;
  await add('event', signEvent({ ...byOr, ...told }), (token) => verifyEvent({ ...ofOr, token }));
  const life = { issuedAt: NOW - 2 * HOUR, expiresAt: NOW - HOUR, revoked: undefined };
  await add(
    'set of historical keys',
    signHistoricalKeys({ ...byOr, keys: [{ jwk: keys.ga.publicJwk, ...life }] }),
    (token) => verifyHistoricalKeys({ ...ofOr, token }),
  );
  await add('mark status', signTrustMarkStatus({ ...byOr, trustMark: mark, status: 'active' }), (token) =>
    verifyTrustMarkStatus({ ...ofOr, token, trustMark: mark }),
  );
  await add(
    'resolve response',
    signResolveResponse({ ...byOr, chain: verified, entityTypes: undefined, trustMarks: [] }),
    (token) => verifyResolveResponse({ ...ofOr, token, subject: ids.agency, anchors }),
  );
  const owner = { entityId: ids.broker, keys: broker };
  await add(
    'delegation',
    signMarkDelegation({
      owner: ids.broker,
      issuer: ids.or,
      type: WARRANT,
      issuedAt: NOW,
      lifetimeSeconds: 60,
      key: keys.broker,
    }),
    (token) => verifyMarkDelegation({ token, owner, issuer: ids.or, type: WARRANT, now: at.now }),
  );
  await add(
    'declaration',
    signDeclaration({
      issuer: ids.agency,
      jti: JTI,
      declaration: 'no-protected-use',
      wording: 'We shall not.',
      officer: { name: 'Invented Person', title: 'chief' },
      sworn: undefined,
      issuedAt: NOW,
      lifetimeSeconds: 60,
      statusIndex: 1,
      key: keys.agency,
    }),
    (token) => verifyDeclaration({ token, issuer: ids.agency, keys: agency, now: NOW }),
  );
  const asked = { entityId: ids.agency, authority: ids.or, nonce: JTI };
  await add('proof of possession', signPossession({ ...asked, jti: JTI, issuedAt: NOW, key: keys.agency }), (token) =>
    verifyPossession({ ...asked, jwks, proofs: [token], now: NOW }),
  );
  const released = { txn: 'transaction-0001', release: DIGEST, reason: 'attestation_ended', because: DIGEST } as const;
  const between = { issuer: ids.agency, receiver: ids.neighbour };
  await add(
    'recall',
    signRecall({ ...between, ...released, jti: JTI, answerWithinSeconds: 60, issuedAt: NOW, key: keys.agency }),
    (token) => verifyRecall({ ...between, token, keys: agency, now: NOW }),
  );
});

const NAMES = [
  'status list',
  'event',
  'set of historical keys',
  'mark status',
  'resolve response',
  'delegation',
  'declaration',
  'proof of possession',
  'recall',
] as const;

function of(name: string): Genuine {
  const found = genuine.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => error,
  );

describe.each(NAMES)('a %s', (name) => {
  it('J12: of which one bit was changed is refused', async () => {
    const { token, verify } = of(name);
    expect(await outcome(verify(token))).toBe('accepted');
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), async (place, bit) => {
        const bytes = Buffer.from(token);
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        expect(await outcome(verify(bytes.toString('latin1')))).toBeInstanceOf(TrustError);
      }),
      { numRuns: RUNS },
    );
  });

  it('J16: is taken for nothing else, and nothing else for it', async () => {
    for (const other of NAMES.filter((each) => each !== name)) {
      expect(await outcome(of(other).verify(of(name).token))).toBeInstanceOf(TrustError);
    }
  });
});
