import type { Clock, HttpRequest, HttpResponse, Network } from '#protocol';
import { ProtocolError } from '#protocol';
import type { Ports } from '#exchange/io';

/** What a test does with a call that a party makes: `pass` sends it on, as it is or changed. */
export type Tap = (
  request: HttpRequest,
  pass: (changed?: Partial<HttpRequest>) => Promise<HttpResponse>,
) => Promise<HttpResponse>;

/** The wire of one party: a test may read, alter, hold and answer what the party sends. */
export class Wire {
  /** Path and status of every answer that came over this wire. */
  readonly answers: { readonly path: string; readonly status: number }[] = [];
  private readonly taps: { readonly path: string; readonly tap: Tap }[] = [];

  over(network: Network): Network {
    return {
      request: async (request) => {
        const answer = await this.carry(request, network);
        this.answers.push({ path: pathOf(request), status: answer.status });
        return answer;
      },
    };
  }

  /** Stands on the wire for calls to `path` (without query), before earlier taps, until the returned function is called. */
  tap(path: string, tap: Tap): () => void {
    const entry = { path, tap };
    this.taps.unshift(entry);
    return () => {
      const at = this.taps.indexOf(entry);
      if (at >= 0) this.taps.splice(at, 1);
    };
  }

  private carry(request: HttpRequest, network: Network): Promise<HttpResponse> {
    const standing = this.taps.filter(({ path }) => path === pathOf(request));
    const through = (from: number, sent: HttpRequest): Promise<HttpResponse> => {
      const next = standing[from];
      if (next === undefined) return network.request(sent);
      return next.tap(sent, (changed) => through(from + 1, { ...sent, ...changed }));
    };
    return through(0, request);
  }
}

function pathOf({ url }: HttpRequest): string {
  return new URL(url).pathname;
}

/** As the network says it when nobody is there. */
export function nobodyThere(): ProtocolError {
  return new ProtocolError('network_failed', 'the other side could not be reached');
}

/** A party's clock: it follows the real one until a test moves or stops it. Timers run in real time. */
export class MovableClock implements Clock {
  readonly sleeps: { readonly at: number; readonly milliseconds: number }[] = [];
  private offsetMs = 0;
  private stoppedAt: number | undefined;

  constructor(private readonly real: Clock) {}

  now(): number {
    return this.stoppedAt ?? this.real.now() + this.offsetMs;
  }

  sleep(milliseconds: number): Promise<void> {
    this.sleeps.push({ at: this.now(), milliseconds });
    return this.real.sleep(milliseconds);
  }

  moveBy(milliseconds: number): void {
    this.offsetMs += milliseconds;
  }

  stopAt(at: number): void {
    this.stoppedAt = at;
  }

  /** Real time again. */
  restore(): void {
    this.offsetMs = 0;
    this.stoppedAt = undefined;
  }
}

/** Wires and clocks of all parties, the same after a restart: `startFederation({ ports: hands.ports })`. */
export class Hands {
  private readonly wires = new Map<string, Wire>();
  private readonly clocks = new Map<string, MovableClock>();

  readonly ports = (party: string, ports: Ports): Ports => ({
    ...ports,
    clock: this.clockOver(party, ports.clock),
    network: this.wire(party).over(ports.network),
  });

  wire(party: string): Wire {
    const known = this.wires.get(party) ?? new Wire();
    this.wires.set(party, known);
    return known;
  }

  clock(party: string): MovableClock {
    const clock = this.clocks.get(party);
    if (clock === undefined) throw new Error(`\`${party}\` has not been started`);
    return clock;
  }

  /** Every answer that any party got, to see that none was a failure of the other side's own. */
  get statuses(): readonly number[] {
    return [...this.wires.values()].flatMap(({ answers }) => answers.map(({ status }) => status));
  }

  private clockOver(party: string, real: Clock): MovableClock {
    const clock = this.clocks.get(party) ?? new MovableClock(real);
    this.clocks.set(party, clock);
    return clock;
  }
}
