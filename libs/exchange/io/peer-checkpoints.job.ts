import { LedgerError } from '#ledger';
import type { VerifiedChain } from '#trust';
import { BackgroundRounds } from '#protocol/io';
import { nodeMetadataOf, type LedgerIdentity } from '../src/index.js';
import { askWitnesses } from './ask-witnesses.js';
import type { ExchangeNode } from './exchange-node.js';
import type { FollowedLedger } from './log-follower.js';
import type { PeerCheckpoints } from './peer-checkpoints.js';

const TIMEOUT_MS = 5_000;
const NOTE_BYTES = 32 * 1024;

type PeerNode = Pick<ExchangeNode, 'entityId' | 'directory' | 'follower' | 'network' | 'clock' | 'witnesses'>;

/**
 * Brokers watch each other: from time to time each follows every other broker's ledger, as that broker shows it to it and as
 * every witness last saw it, and logs the head in its own. A ledger that shows two histories is caught here, with both notes
 * (B04), and each has a witness of its order in time that outlives it.
 */
export class PeerCheckpointsJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: PeerNode,
    private readonly peers: PeerCheckpoints,
    private readonly everyMs: number,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round();
      return this.everyMs;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One look at every other broker. What fails is said and tried again at the next round. */
  async round(): Promise<void> {
    const { directory, entityId } = this.node;
    for (const chain of directory.brokers().filter((broker) => broker.entityId !== entityId)) {
      try {
        await this.followBroker(chain);
      } catch (error) {
        this.log(`peer checkpoint: ${chain.entityId}: ${error instanceof Error ? error.message : 'failed'}`);
      }
    }
  }

  private async followBroker(chain: VerifiedChain): Promise<void> {
    const { ledger, endpoint } = nodeMetadataOf(chain);
    const head = await this.headOf(endpoint);
    await this.follow({ ledger, endpoint }, head);
    await this.peers.log(ledger, head);
    const doors = this.node.witnesses().map(({ id, url }) => ({ entityId: id, url }));
    for (const word of await askWitnesses(ledger.origin, doors, this.node.network)) {
      if (word.answer === 'cosigned') await this.follow({ ledger, endpoint }, word.note);
    }
  }

  private async headOf(endpoint: string): Promise<string> {
    const url = `${endpoint}/ledger/checkpoint`;
    const answer = await this.node.network.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes: NOTE_BYTES });
    if (answer.status !== 200) throw new Error(`the ledger answered ${answer.status}`);
    return answer.body;
  }

  private async follow(of: FollowedLedger, checkpoint: string): Promise<void> {
    try {
      await this.node.follower.follow(of, { checkpoint, consistency_from: 0, consistency: [], receipts: [] });
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'split_view') await this.keep(of.ledger, error);
      throw error;
    }
  }

  private async keep(ledger: LedgerIdentity, { evidence }: LedgerError): Promise<void> {
    this.log(`ALARM split view: \`${ledger.origin}\` signed two histories; both notes are kept`);
    const { storedNote, note } = evidence;
    if (typeof storedNote !== 'string' || typeof note !== 'string') return;
    await this.peers.logSplitView(ledger, { stored: storedNote, shown: note });
  }
}
