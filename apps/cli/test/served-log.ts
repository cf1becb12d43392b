import {
  EMPTY_TREE,
  encodeBundle,
  formatCheckpoint,
  growTree,
  leafHash,
  parseTilePath,
  rootOfTree,
  signNote,
  tileBytes,
  type NoteKey,
} from '#ledger';
import { ProtocolError, type HttpRequest, type HttpResponse, type Network } from '#protocol';

/** A log of tiles as a server hands it out; a test changes what is served under a path, or takes it away. */
export class ServedLog {
  /** By path behind the prefix. */
  readonly changed = new Map<string, Uint8Array | undefined>();
  readonly asked: string[] = [];
  isAway = false;

  constructor(
    private readonly key: NoteKey,
    readonly entries: Uint8Array[],
  ) {}

  checkpoint(): string {
    const { tree } = growTree(EMPTY_TREE, this.entries.map(leafHash));
    return signNote(formatCheckpoint({ origin: this.key.name, size: tree.size, root: rootOfTree(tree) }), [this.key]);
  }

  /** Every path that a log of this size serves in full, and its border. */
  paths(): string[] {
    const all: string[] = ['checkpoint'];
    const bundles = Math.floor(this.entries.length / 256);
    const rest = this.entries.length % 256;
    for (const kind of ['entries', '0']) {
      for (let n = 0; n < bundles; n += 1) all.push(`tile/${kind}/${String(n).padStart(3, '0')}`);
      if (rest > 0) all.push(`tile/${kind}/${String(bundles).padStart(3, '0')}.p/${rest}`);
    }
    if (bundles > 0) all.push(`tile/1/000.p/${bundles}`);
    return all;
  }

  bytes(path: string): Uint8Array | undefined {
    if (this.changed.has(path)) return this.changed.get(path);
    if (path === 'checkpoint') return Buffer.from(this.checkpoint());
    const asked = parseTilePath(path);
    if (asked === undefined) return undefined;
    const width = asked.width === 0 ? 256 : asked.width;
    const begin = asked.index * 256;
    if (asked.of === 'entries') {
      const part = this.entries.slice(begin, begin + width);
      return part.length === width ? encodeBundle(part) : undefined;
    }
    const { tree, filled } = growTree(EMPTY_TREE, this.entries.map(leafHash));
    const full = filled.find(({ level, index }) => level === asked.level && index === asked.index);
    const rows = full?.rows ?? (begin < tree.size ? tree.border[asked.level] : undefined);
    const bytes = rows && tileBytes(rows).slice(0, width * 32);
    return bytes?.length === width * 32 ? bytes : undefined;
  }

  get network(): Network {
    return { request: (request) => this.answer(request) };
  }

  private answer({ url, binary }: HttpRequest): Promise<HttpResponse> {
    if (this.isAway) return Promise.reject(new ProtocolError('network_failed', 'nobody is there'));
    const path = new URL(url).pathname.replace('/log/', '');
    this.asked.push(path);
    const bytes = this.bytes(path);
    const body = Buffer.from(bytes ?? []).toString(binary === true ? 'latin1' : 'utf8');
    return Promise.resolve({ status: bytes === undefined ? 404 : 200, headers: {}, body });
  }
}
