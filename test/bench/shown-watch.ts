import { Client } from 'pg';

const PACE_MS = 4;

/**
 * Waits for outcomes by one look at the asking agency's table for all of them together. Each officer's program asking its
 * node again and again would be measured as a cost of the exchange. Its backend is left out of the CPU figures.
 */
export class ShownWatch {
  private readonly waiting = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>();
  private stopped = false;
  private running: Promise<void> | undefined;

  private constructor(
    private readonly client: Client,
    readonly backend: number,
  ) {}

  static async over(url: string): Promise<ShownWatch> {
    const client = new Client({ connectionString: url, application_name: 'bench' });
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const watch = new ShownWatch(client, rows[0]?.pid ?? 0);
    watch.running = watch.look();
    return watch;
  }

  /** Resolves when the outcome of the ask's one request may be shown. */
  shown(txn: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.set(txn, { resolve, reject });
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await this.client.end();
  }

  private async look(): Promise<void> {
    while (!this.stopped) {
      try {
        if (this.waiting.size > 0) await this.lookOnce();
      } catch (error) {
        for (const { reject } of this.waiting.values()) reject(error);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  }

  private async lookOnce(): Promise<void> {
    const { rows } = await this.client.query<{ txn: string }>(
      'select txn from outgoing_request where shown and txn = any($1)',
      [[...this.waiting.keys()]],
    );
    for (const { txn } of rows) {
      this.waiting.get(txn)?.resolve();
      this.waiting.delete(txn);
    }
  }
}
