import { HASH_BYTES, LedgerError, decodeBundle, entriesPath, tilePath } from '#ledger';
import type { HttpResponse, Network } from '#protocol';
import { CliError } from './cli-error.js';

const TIMEOUT_MS = 30_000;
const NOTE_BYTES = 64 * 1024;
const TILE_BYTES = 8 * 1024;
/** 256 entries of 65,535 bytes, each behind its length. */
const BUNDLE_BYTES = 256 * (65_535 + 2);

/** A log as anybody reads it over the network, https://c2sp.org/tlog-tiles. Nothing that it answers is verified here. */
export class TiledLog {
  constructor(
    private readonly network: Network,
    /** The address below which `checkpoint` and `tile` lie, without a final slash. */
    readonly prefix: string,
  ) {}

  async checkpoint(): Promise<string> {
    const answer = await this.get('checkpoint', NOTE_BYTES, false);
    if (answer.status !== 200) throw this.refused(answer.status, 'its checkpoint');
    return answer.body;
  }

  /** The first `width` entries of a bundle (0: all 256). @throws LedgerError `tile_missing`, `malformed_bundle` */
  async entries(index: number, width: number): Promise<Uint8Array[]> {
    const bytes = await this.partOrWhole((w) => entriesPath(index, w), width, BUNDLE_BYTES);
    const entries = decodeBundle(bytes);
    const wanted = width === 0 ? 256 : width;
    if (entries.length < wanted) throw missing('an entry bundle is shorter than the log', { bundle: index });
    return entries.slice(0, wanted);
  }

  /** The hashes of a tile as bytes. @throws LedgerError `tile_missing` */
  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    const bytes = await this.partOrWhole((w) => tilePath(level, index, w), width, TILE_BYTES);
    const wanted = (width === 0 ? 256 : width) * HASH_BYTES;
    if (bytes.length < wanted) throw missing('a tile is shorter than the log', { level, tile: index });
    return bytes.slice(0, wanted);
  }

  /** A partial tile may be gone once the full one exists: then the full one is read. */
  private async partOrWhole(path: (width: number) => string, width: number, maxBytes: number): Promise<Uint8Array> {
    const part = await this.get(path(width), maxBytes, true);
    const answer = part.status === 404 && width !== 0 ? await this.get(path(0), maxBytes, true) : part;
    if (answer.status === 404) throw missing('the log does not hand out what it signed', { path: path(width) });
    if (answer.status !== 200) throw this.refused(answer.status, path(width));
    return new Uint8Array(Buffer.from(answer.body, 'latin1'));
  }

  private get(path: string, maxBytes: number, binary: boolean): Promise<HttpResponse> {
    const url = `${this.prefix}/${path}`;
    return this.network.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes, binary });
  }

  private refused(status: number, what: string): CliError {
    return new CliError('unreachable', `\`${this.prefix}\` answered ${status} when asked for ${what}`, {
      remedy: 'check the address: of a node it is the node’s own with /ledger behind it',
    });
  }
}

function missing(message: string, evidence: Record<string, unknown>): LedgerError {
  return new LedgerError('tile_missing', message, evidence);
}
