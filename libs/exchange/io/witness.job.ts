import type { Clock, Network } from '#protocol';
import type { Ledger } from '#ledger/io';

const EVERY_MS = 5_000;
const TIMEOUT_MS = 2_000;

/**
 * Shows this node's ledger to the oversight witness and stores its cosignatures, off the path of requests. The witness
 * answers with the size it remembers where the proof starts elsewhere (C2SP tlog-witness, 409).
 */
export class WitnessJob {
  private running = false;
  private stopped = false;
  private witnessedSize = -1;
  private rememberedByWitness = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly network: Network,
    private readonly clock: Clock,
    /** Base URLs of the witnesses that the anchor lists. */
    private readonly witnesses: () => readonly string[],
    private readonly witnessVkeys: () => readonly string[],
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    void this.loop();
  }

  stop(): void {
    this.stopped = true;
  }

  /** Has the head cosigned now, where it has grown. Failures are logged and tried again; nothing is released on them. */
  async cosignHead(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const { size } = await this.ledger.head();
      if (size === this.witnessedSize || size === 0) return;
      for (const url of this.witnesses()) await this.submit(url);
      if (this.witnesses().length > 0) this.witnessedSize = size;
    } catch (error) {
      this.log(`witness: ${error instanceof Error ? error.message : 'failed'}`);
    } finally {
      this.running = false;
    }
  }

  private async submit(url: string, again = true): Promise<void> {
    const head = await this.ledger.head();
    const from = Math.min(this.rememberedByWitness, head.size);
    const hashes = from > 0 && from < head.size ? await this.ledger.consistency(from, head.size) : [];
    const answer = await this.network.request({
      method: 'POST',
      url: `${url}/witness/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `old ${from}\n${hashes.map((hash) => `${hash}\n`).join('')}\n${head.checkpoint}`,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 16 * 1024,
    });
    if (answer.status === 200) {
      for (const line of answer.body.split('\n').filter((text) => text !== '')) {
        await this.ledger.addCosignature({ size: head.size, line, witnessVkeys: this.witnessVkeys() });
      }
      this.rememberedByWitness = head.size;
    } else if (answer.status === 409 && again && /^(0|[1-9]\d{0,14})\n$/.test(answer.body)) {
      this.rememberedByWitness = Number(answer.body);
      // A witness that has seen more than there is: asked for what it saw, it stops this ledger if we signed that (B10).
      if (this.rememberedByWitness > (await this.ledger.head()).size) await this.ledger.confirmHistory();
      await this.submit(url, false);
    } else {
      throw new Error(`the witness answered ${answer.status}`);
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      await this.cosignHead();
      await this.clock.sleep(this.witnessedSize < 0 ? 250 : EVERY_MS);
    }
  }
}
