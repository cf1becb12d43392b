import { decodeBase64, formatSubmission } from '#ledger';
import type { Clock, Network } from '#protocol';
import type { Ledger } from '#ledger/io';
import { BackgroundRounds } from '#protocol/io';

const EVERY_MS = 5_000;
const TIMEOUT_MS = 2_000;

/** What is known of one witness: how far it has followed, and which head it has cosigned. */
interface Followed {
  remembered: number;
  cosigned: number;
}

/**
 * Shows this node's ledger to its witnesses and stores their cosignatures, off the path of requests. A witness answers
 * with the size it remembers where the proof starts elsewhere (C2SP tlog-witness, 409). One that is away keeps nobody else.
 */
export class WitnessJob {
  private running = false;
  private readonly rounds = new BackgroundRounds();
  private readonly followed = new Map<string, Followed>();

  constructor(
    private readonly ledger: Ledger,
    private readonly network: Network,
    private readonly clock: Clock,
    /** Submission prefixes (C2SP tlog-witness): `add-checkpoint` lies below each. */
    private readonly witnesses: () => readonly string[],
    private readonly witnessVkeys: () => readonly string[],
    private readonly log: (line: string) => void,
    /** To look how far the ledger is witnessed now. */
    private readonly afterRound: () => Promise<void>,
  ) {}

  start(): void {
    this.rounds.start(this.clock, async () => {
      await this.cosignHead();
      await this.afterRound().catch((error: unknown) => this.say(error));
      const isNew = [...this.followed.values()].every(({ cosigned }) => cosigned < 0);
      return isNew ? 250 : EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** Has the head cosigned now, where it has grown. Failures are logged and tried again; nothing is released on them. */
  async cosignHead(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const { size } = await this.ledger.head();
      const due = this.witnesses().filter((url) => size > 0 && this.of(url).cosigned !== size);
      await Promise.all(due.map((url) => this.submitOrSay(url)));
    } catch (error) {
      this.say(error);
    } finally {
      this.running = false;
    }
  }

  private async submitOrSay(url: string): Promise<void> {
    try {
      await this.submit(url);
    } catch (error) {
      this.say(error);
    }
  }

  private async submit(url: string, again = true): Promise<void> {
    const known = this.of(url);
    const head = await this.ledger.head();
    const old = Math.min(known.remembered, head.size);
    const hashes = old > 0 && old < head.size ? await this.ledger.consistency(old, head.size) : [];
    const answer = await this.network.request({
      method: 'POST',
      url: `${url}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatSubmission({ old, hashes: hashes.map(decodeBase64), note: head.checkpoint }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: 16 * 1024,
    });
    if (answer.status === 200) {
      for (const line of answer.body.split('\n').filter((text) => text !== '')) {
        await this.ledger.addCosignature({ size: head.size, line, witnessVkeys: this.witnessVkeys() });
      }
      known.remembered = head.size;
      known.cosigned = head.size;
    } else if (answer.status === 409 && again && /^(0|[1-9]\d{0,14})\n$/.test(answer.body)) {
      known.remembered = Number(answer.body);
      // A witness that has seen more than there is: asked for what it saw, it stops this ledger if we signed that (B10).
      if (known.remembered > (await this.ledger.head()).size) await this.ledger.confirmHistory();
      await this.submit(url, false);
    } else {
      throw new Error(`the witness answered ${answer.status}`);
    }
  }

  private of(url: string): Followed {
    const known = this.followed.get(url) ?? { remembered: 0, cosigned: -1 };
    this.followed.set(url, known);
    return known;
  }

  private say(error: unknown): void {
    this.log(`witness: ${error instanceof Error ? error.message : 'failed'}`);
  }
}
