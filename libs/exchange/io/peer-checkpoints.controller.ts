import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ProblemError, problem, type LedgerEvidenceBody } from '#protocol';
import type { PeerCheckpoints } from './peer-checkpoints.js';

/** Token under which an app provides its `PeerCheckpoints` to this controller. */
export const PEER_CHECKPOINTS = Symbol('peer checkpoints of this node');

/** What this node's ledger holds of other ledgers, for anybody who has to date or defend one of them. */
@Controller('ledger/peers')
export class PeerCheckpointsController {
  constructor(@Inject(PEER_CHECKPOINTS) private readonly peers: Pick<PeerCheckpoints, 'proven'>) {}

  /** Of the log whose origin has this SHA-256 (hex): receipts `peer_checkpoint` and `split_view` with their proofs. */
  @Get(':originHash')
  @Header('cache-control', 'no-store')
  async of(@Param('originHash') originHash: string): Promise<LedgerEvidenceBody> {
    const evidence = /^[0-9a-f]{64}$/.test(originHash) ? await this.peers.proven(originHash) : undefined;
    if (evidence === undefined) {
      throw new ProblemError(problem(404, 'not_found', 'nothing of this ledger was logged here'));
    }
    return evidence;
  }
}
