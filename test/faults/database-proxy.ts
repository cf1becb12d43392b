import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { DurableWrites, type DurableWrite } from './durable-writes.js';

/** Stands between a party and its PostgreSQL, and breaks the connection where a test wants it. */
export interface DatabaseProxy {
  /** The address of the same database through this proxy. */
  readonly url: string;
  /** The writes that lasted, in their order, since the last `watch`. */
  readonly writes: readonly string[];
  watch(): void;
  /**
   * Once: lets the server do that write, and breaks the connection instead of passing on that it was done (F02). The
   * client cannot tell this from a write that never happened.
   */
  loseAcknowledgementOf(write: string): void;
  /** Whether the last one asked for was lost. */
  readonly hasLost: boolean;
  /** Connections stay open and nothing passes, as behind a dead switch, until `resume`. */
  freeze(): void;
  resume(): void;
  close(): Promise<void>;
}

/** A statement that a client sent, and whose completion the server has not reported yet. */
type Pending = DurableWrite | undefined;

export async function proxyDatabase(target: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target);
  const reader = new DurableWrites();
  const sockets = new Set<Socket>();
  const state: { writes: string[]; lose: string | undefined; frozen: boolean } = {
    writes: [],
    lose: undefined,
    frozen: false,
  };
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    const pair = [client, database] as const;
    for (const socket of pair) {
      sockets.add(socket);
      socket.setNoDelay(true);
      if (state.frozen) socket.pause();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        for (const each of pair) each.destroy();
      });
    }
    const pending: Pending[] = [];
    const sent = new MessageReader('client');
    const statements = new SentStatements();
    const received = new MessageReader('server');
    client.on('data', (chunk) => {
      for (const { type, body } of sent.read(chunk)) {
        const text = statements.read(type, body);
        if (text !== undefined) pending.push(reader.read(text, client));
      }
      database.write(chunk);
    });
    database.on('data', (chunk) => {
      for (const { type, body, bytes } of received.read(chunk)) {
        const ended = type === COMMAND_COMPLETE || type === ERROR_RESPONSE ? pending.shift() : undefined;
        const write = type === COMMAND_COMPLETE && ended !== undefined ? lastingName(ended, body) : undefined;
        if (write !== undefined) state.writes.push(write);
        if (write !== undefined && write === state.lose) {
          state.lose = undefined;
          for (const socket of pair) socket.destroy();
          return;
        }
        client.write(bytes);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    get writes() {
      return state.writes;
    },
    watch: () => (state.writes = []),
    loseAcknowledgementOf: (write) => (state.lose = write),
    get hasLost() {
      return state.lose === undefined;
    },
    freeze() {
      state.frozen = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      state.frozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

const COMMAND_COMPLETE = 'C';
const ERROR_RESPONSE = 'E';

/** What is asked again and again lasts only where it found something: `UPDATE 0` is no write. */
function lastingName({ name, polled }: DurableWrite, tag: Buffer): string | undefined {
  if (!polled) return name;
  return tag.toString().endsWith(' 0\0') ? undefined : `${name} that takes`;
}

/** What a client has run: a simple query (`Q`), or a statement that it prepared before (`P`) and now binds (`B`). */
class SentStatements {
  readonly #prepared = new Map<string, string>();

  read(type: string, body: Buffer): string | undefined {
    if (type === 'Q') return body.subarray(0, -1).toString();
    // Of both the second text: name and statement, portal and name.
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (type === 'P') this.#prepared.set(first, Buffer.from(second, 'latin1').toString());
    return type === 'B' ? this.#prepared.get(second) : undefined;
  }
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
  /** As it came, with type and length. */
  readonly bytes: Buffer;
}

/** Messages of the PostgreSQL protocol: a type, a length that counts itself, a body. The client's first has no type. */
class MessageReader {
  #unread: Buffer = Buffer.alloc(0);
  #typed: boolean;

  constructor(from: 'client' | 'server') {
    this.#typed = from === 'server';
  }

  read(chunk: Buffer): Message[] {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const header = this.#typed ? 5 : 4;
      if (this.#unread.length < header) return messages;
      const end = this.#unread.readUInt32BE(header - 4) + header - 4;
      if (this.#unread.length < end) return messages;
      const bytes = this.#unread.subarray(0, end);
      messages.push({
        type: this.#typed ? String.fromCharCode(bytes[0] ?? 0) : '',
        body: bytes.subarray(header),
        bytes,
      });
      this.#unread = this.#unread.subarray(end);
      this.#typed = true;
    }
  }
}
