import {
  commitFields,
  encodeBase64,
  formatCheckpoint,
  hashRange,
  inclusionProof,
  leafHash,
  nodesOver,
  signNote,
  type NoteKey,
  type Opening,
} from '#ledger';
import { generateNoteKey } from '#ledger/io';
import { messageDigest, signToken, type JsonObject, type Randomness, type SigningKey } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import type { ReceiptFields } from '../src/index.js';

interface Entry {
  readonly token: string;
  readonly opening: Opening;
  readonly isShown: boolean;
}

/** A ledger in memory, signed as a node signs its own; a test may sign whatever it likes with it. */
export class ExampleLedger {
  readonly #entries: Entry[] = [];
  #prev: string | null = null;

  private constructor(
    readonly entityId: string,
    readonly signingKey: SigningKey,
    readonly noteKey: NoteKey,
    private readonly randomness: Randomness,
  ) {}

  static async of(entityId: string, randomness: Randomness): Promise<ExampleLedger> {
    const origin = `${entityId.replace(/^https?:\/\//, '')}/ledger`;
    const ledger = new ExampleLedger(
      entityId,
      await generateSigningKey(),
      generateNoteKey(origin, 'note', randomness).key,
      randomness,
    );
    await ledger.add('started', { accountability: { node: entityId }, content: {} }, 0, { isShown: false });
    return ledger;
  }

  /** @returns the message digest of the receipt */
  async add(
    kind: string,
    fields: ReceiptFields,
    iat: number,
    options: { isShown?: boolean; claims?: JsonObject } = {},
  ): Promise<string> {
    const { commitments, opening } = commitFields(fields, () => this.randomness.bytes(32));
    const token = await signToken({
      kind: 'receipt',
      key: this.signingKey,
      claims: {
        iss: this.entityId,
        ledger: this.noteKey.name,
        seq: this.#entries.length,
        prev: this.#prev,
        kind,
        iat,
        commitments: { accountability: { ...commitments.accountability }, content: { ...commitments.content } },
        ...options.claims,
      },
    });
    this.#entries.push({ token, opening, isShown: options.isShown ?? true });
    this.#prev = messageDigest(token);
    return this.#prev;
  }

  get entries(): string[] {
    return this.#entries.map(({ token }) => token);
  }

  get size(): number {
    return this.#entries.length;
  }

  checkpoint(size = this.size): string {
    const nodes = nodesOver(this.#leaves());
    const root = hashRange({ begin: 0, end: size }, nodes);
    return signNote(formatCheckpoint({ origin: this.noteKey.name, size, root }), [this.noteKey]);
  }

  /** The shown receipts, proven under the newest checkpoint, as a node hands them out: content stays closed. */
  evidence(): JsonObject {
    const nodes = nodesOver(this.#leaves());
    return {
      checkpoint: this.checkpoint(),
      consistency_from: 0,
      consistency: [],
      receipts: this.#entries.flatMap(({ token, opening, isShown }, index): JsonObject[] => {
        if (!isShown) return [];
        const accountability = opening.accountability as unknown as JsonObject;
        const inclusion = inclusionProof(index, this.size, nodes).map(encodeBase64);
        return [{ entry: token, index, inclusion, opening: { accountability, content: {} } }];
      }),
    };
  }

  #leaves(): Uint8Array[] {
    return this.#entries.map(({ token }) => leafHash(Buffer.from(token)));
  }
}
