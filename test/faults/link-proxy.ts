import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What is wrong with a link while it lasts. */
export const LINK_FAULTS = [
  'nothing passes',
  'only answers pass',
  'only requests pass',
  'connections die in silence',
  'every other connection breaks in the middle of an answer',
  'a megabit a second passes',
] as const;
export type LinkFault = (typeof LINK_FAULTS)[number];

/** A TCP link to one port of this machine that can be partitioned, in one direction or both, and healed (F12). */
export interface LinkProxy {
  readonly port: number;
  /** Of connections that stand and of new ones; `undefined` heals all but those that died. */
  set(fault: LinkFault | undefined): void;
  /** Connections that the fault has met. */
  readonly met: number;
  close(): Promise<void>;
}

const BYTES_A_TICK = 1_250;
const TICK_MS = 10;

export async function linkTo(targetPort: number): Promise<LinkProxy> {
  const connections = new Set<LinkConnection>();
  const state: { fault: LinkFault | undefined; met: number; opened: number } = { fault: undefined, met: 0, opened: 0 };
  const server = createServer((client) => {
    state.opened += 1;
    const connection = new LinkConnection(client, connect(targetPort, '127.0.0.1'), state.opened % 2 === 0);
    connections.add(connection);
    connection.onEnd(() => connections.delete(connection));
    if (state.fault !== undefined) state.met += 1;
    connection.set(state.fault);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    set(fault) {
      state.fault = fault;
      if (fault !== undefined) state.met += connections.size;
      for (const connection of connections) connection.set(fault);
    },
    get met() {
      return state.met;
    },
    close: () =>
      new Promise((done) => {
        for (const connection of connections) connection.end();
        server.close(() => done());
      }),
  };
}

/** Both halves of one connection. What waits in a half that is paused passes when it is healed, as after a retransmission. */
class LinkConnection {
  #isDead = false;
  #breaksAtAnswer = false;
  #timer: NodeJS.Timeout | undefined;
  #slow: { readonly to: Socket; bytes: Buffer }[] | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly isOther: boolean,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!this.#isDead) this.end();
      });
    }
    client.on('data', (chunk) => this.#pass(chunk, server));
    server.on('data', (chunk) => {
      if (this.#breaksAtAnswer) client.write(chunk.subarray(0, chunk.length / 2), () => this.end());
      else this.#pass(chunk, client);
    });
  }

  onEnd(listener: () => void): void {
    this.client.on('close', listener);
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of [this.client, this.server]) socket.destroy();
  }

  set(fault: LinkFault | undefined): void {
    if (this.#isDead) return;
    this.#isDead = fault === 'connections die in silence';
    this.#breaksAtAnswer = fault === 'every other connection breaks in the middle of an answer' && this.isOther;
    const isCut = fault === 'nothing passes';
    flow(this.client, !isCut && fault !== 'only answers pass');
    flow(this.server, !isCut && fault !== 'only requests pass');
    if (fault === 'a megabit a second passes') this.#slowDown();
    else this.#speedUp();
  }

  #pass(chunk: Buffer, to: Socket): void {
    if (this.#isDead) return;
    if (this.#slow === undefined) to.write(chunk);
    else this.#slow.push({ to, bytes: chunk });
  }

  #slowDown(): void {
    this.#slow ??= [];
    this.#timer ??= setInterval(() => {
      let left = BYTES_A_TICK;
      for (let first = this.#slow?.[0]; first !== undefined && left > 0; first = this.#slow?.[0]) {
        const part = first.bytes.subarray(0, left);
        first.to.write(part);
        left -= part.length;
        first.bytes = first.bytes.subarray(part.length);
        if (first.bytes.length === 0) this.#slow?.shift();
      }
    }, TICK_MS);
  }

  #speedUp(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { to, bytes } of this.#slow ?? []) to.write(bytes);
    this.#slow = undefined;
  }
}

function flow(socket: Socket, isOpen: boolean): void {
  if (isOpen) socket.resume();
  else socket.pause();
}
