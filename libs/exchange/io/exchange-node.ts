import type { DataSource } from 'typeorm';
import type { Ledger } from '#ledger/io';
import type { Clock, Network, Randomness, SigningKey } from '#protocol';
import type { TrustDirectory } from '#trust/io';
import type { TlogPolicy } from '#ledger';
import type { KnownWitness } from '../src/index.js';
import type { LogFollower } from './log-follower.js';
import type { WitnessWatch } from './witness-watch.js';

/** What every node of an exchange stands on: who it is, its ports, its ledger, and whom its own anchor vouches for. */
export interface ExchangeNode {
  readonly entityId: string;
  /** Signs messages and receipts; never a federation statement or a checkpoint. */
  readonly signingKey: SigningKey;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly network: Network;
  readonly dataSource: DataSource;
  readonly ledger: Ledger;
  readonly follower: LogFollower;
  readonly directory: TrustDirectory;
  /** Whether this node's own ledger is witnessed; asked before anything is decided, released or asked. */
  readonly witnessWatch: WitnessWatch;
  /** Every witness that this node knows, whosever ledger it is about. */
  readonly witnesses: () => readonly KnownWitness[];
  /** Which of them count for the operator, and how many; `undefined` where every independent one does. */
  readonly witnessPolicy: TlogPolicy | undefined;
  /** What this kind of node checks about itself besides, for its health: name and whether it is fine. */
  readonly ownChecks?: () => Readonly<Record<string, boolean>>;
}

/** `iat` and `exp` of a message that lives `seconds`. */
export function lifetime(clock: Clock, seconds: number): { iat: number; exp: number } {
  const iat = Math.floor(clock.now() / 1000);
  return { iat, exp: iat + seconds };
}
