import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newIdentifier, parseStrictObject, type JsonObject, type SigningKey } from '#protocol';
import { generateSigningKey, systemClock, systemRandomness } from '#protocol/io';
import { signWarrant, type ProcessBounds } from '#trust';
import { IssuedProcessFolder } from '../../apps/court/src/issued-process.js';
import { startCourt, type RunningCourt } from '../../apps/court/src/start-court.js';
import type { LaidOutFederation } from '../../apps/sandbox/src/lay-out.js';
import { freePort } from '../support/free-ports.js';

const HOUR = 3_600_000;

/** A court of one jurisdiction of the sandbox's federation, in this process. */
export interface TestCourt {
  readonly entityId: string;
  readonly issued: IssuedProcessFolder;
  /** Signs process for an agency: boundless for case and plate of most tests, until `bounds` says otherwise. */
  sign(agency: string, bounds?: Partial<ProcessBounds>, key?: SigningKey): Promise<{ token: string; index: number }>;
  close(): Promise<void>;
}

/** Adds a court to the register of a federation that has not been started yet, and starts it. */
export async function layOutCourt(laidOut: LaidOutFederation, jurisdiction: string): Promise<TestCourt> {
  const port = await freePort();
  const entityId = `http://127.0.0.1:${port}`;
  const superior = `${laidOut.anchor}/jurisdictions/${jurisdiction}`;
  const [federationKey, processKey] = [await generateSigningKey(), await generateSigningKey()];
  const register = laidOut.environments.authority['COMITY_REGISTER'] ?? '';
  const entry: JsonObject = {
    entity_id: entityId,
    name: 'a court of tests',
    superior: jurisdiction,
    role: 'court',
    jwks: { keys: [federationKey.publicJwk] },
    process: { classes: ['court-order', 'warrant'], jwks: { keys: [processKey.publicJwk] } },
  };
  const file = parseStrictObject(await readFile(register));
  await writeFile(register, JSON.stringify({ ...file, courts: [entry] }));
  const issued = new IssuedProcessFolder(join(laidOut.directory, 'court'));
  const identity = { entityId, name: 'a court of tests', superior, federationKey };
  const running: RunningCourt = await startCourt({ identity, issued, host: '127.0.0.1', port, clock: systemClock });
  return {
    entityId,
    issued,
    close: () => running.close(),
    async sign(agency, bounds = {}, key = processKey) {
      const index = await issued.takeIndex();
      const token = await signWarrant({
        issuer: entityId,
        jti: newIdentifier(systemRandomness),
        agency,
        bounds: { ...boundsFor('26-01234'), ...bounds },
        issuedAt: Date.now(),
        statusIndex: index,
        key,
      });
      await issued.keep(index, token);
      return { token, index };
    },
  };
}

export function boundsFor(caseNumber: string): ProcessBounds {
  return {
    class: 'warrant',
    docket: '26-SW-0417',
    judge: 'Hon. R. Example',
    caseNumber,
    validFrom: Date.now() - HOUR,
    validUntil: Date.now() + HOUR,
    kinds: ['plate_history'],
    plates: 'any',
    areas: 'any',
    window: 'any',
    offences: 'any',
    uses: 'any',
  };
}
