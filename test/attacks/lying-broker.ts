import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grantedFields, type ReceiptFields } from '#exchange';
import { ledgerEvidence, noteKeyName } from '#exchange/io';
import {
  SALT_BYTES,
  commitFields,
  consistencyProof,
  encodeBase64,
  formatCheckpoint,
  hashRange,
  inclusionProof,
  leafHash,
  nodesOver,
  noteKeyFromJwk,
  signNote,
  type NoteKey,
  type Opening,
  type ReceiptKind,
} from '#ledger';
import {
  messageDigest,
  newIdentifier,
  parseStrictObject,
  readToken,
  signToken,
  type JsonObject,
  type SigningKey,
  type TokenKind,
} from '#protocol';
import { readSigningKeyFile, systemRandomness } from '#protocol/io';
import type { TestFederation } from '../federation/start-federation.js';

/** A body as a broker sends it to an owner. */
export interface SentGrant {
  readonly request: string;
  readonly grant: string;
  readonly evidence: Evidence;
}

export interface Evidence {
  readonly checkpoint: string;
  readonly consistency_from: number;
  readonly consistency: readonly string[];
  readonly receipts: readonly ShownReceipt[];
}

export interface ShownReceipt {
  readonly entry: string;
  readonly index: number;
  readonly inclusion: readonly string[];
  readonly opening: Opening;
}

/** A receipt that is signed and may stand in no ledger at all. */
export interface LooseReceipt {
  readonly entry: string;
  readonly opening: Opening;
}

/**
 * A broker that lies: it has all of the honest broker's keys, as its key files hold them, and its ledger, and so can sign
 * whatever a broker can sign. What it does not have is any key of an agency.
 */
export class LyingBroker {
  private constructor(
    private readonly federation: TestFederation,
    readonly signingKey: SigningKey,
    readonly noteKey: NoteKey,
  ) {}

  static async of(federation: TestFederation): Promise<LyingBroker> {
    const keys = join(federation.laidOut.directory, 'keys', 'broker');
    const jwk = parseStrictObject(await readFile(join(keys, 'ledger.jwk')));
    const noteKey = noteKeyFromJwk(noteKeyName(federation.laidOut.broker, 'ledger'), 'note', jwk);
    return new LyingBroker(federation, await readSigningKeyFile(join(keys, 'signing.jwk')), noteKey);
  }

  get entityId(): string {
    return this.federation.laidOut.broker;
  }

  sign(kind: TokenKind, claims: JsonObject): Promise<string> {
    return signToken({ kind, claims, key: this.signingKey });
  }

  /** A token of this broker again, with other claims. */
  signAgain(kind: TokenKind, token: string, changed: JsonObject): Promise<string> {
    return this.sign(kind, { ...readToken(kind, token).claims, ...changed });
  }

  /** A grant for `request` that cites `receipt`; `changed` claims win. */
  grantFor(request: string, receipt: { entry: string; index: number }, changed: JsonObject = {}): Promise<string> {
    const { claims } = readToken('request', request);
    const iat = Math.floor(Date.now() / 1000);
    return this.sign('grant', {
      iss: this.entityId,
      aud: claims['owner'] ?? '',
      jti: newIdentifier(systemRandomness),
      iat,
      exp: iat + 120,
      txn: claims['txn'] ?? '',
      traceparent: claims['traceparent'] ?? '',
      requester: claims['iss'] ?? '',
      request: messageDigest(request),
      leaf_index: receipt.index,
      receipt: messageDigest(receipt.entry),
      rule: 'r'.repeat(43),
      undetermined: [],
      ...changed,
    });
  }

  /** Logs in the real ledger that `request` was granted, whatever was decided, and grants it. */
  async grantAnyway(request: string, changed: JsonObject = {}): Promise<SentGrant> {
    const evidence = await this.logged('granted', grantOf(request));
    const [receipt] = evidence.receipts;
    if (receipt === undefined) throw new TypeError('one receipt was asked for');
    return { request, grant: await this.grantFor(request, receipt, changed), evidence };
  }

  /** Appends a receipt to the real ledger and proves it. */
  async logged(kind: ReceiptKind, fields: ReceiptFields): Promise<Evidence> {
    const { ledger, dataSource } = this.federation.broker.node;
    const receiptId = `lie/${newIdentifier(systemRandomness)}`;
    await dataSource.transaction((manager) => ledger.append(manager, { receiptId, kind, fields }));
    return this.proven([receiptId]);
  }

  /** Receipts of the real ledger, by their ids, under its newest checkpoint. */
  async proven(receiptIds: readonly string[]): Promise<Evidence> {
    return (await ledgerEvidence(this.federation.broker.node.ledger, receiptIds, 0)) as unknown as Evidence;
  }

  /** A receipt as this broker signs it, that was never appended. */
  async looseReceipt(kind: ReceiptKind, fields: ReceiptFields, seq = 0): Promise<LooseReceipt> {
    const { commitments, opening } = commitFields(fields, () => systemRandomness.bytes(SALT_BYTES));
    const entry = await this.sign('receipt', {
      iss: this.entityId,
      ledger: this.noteKey.name,
      seq,
      prev: null,
      kind,
      iat: Math.floor(Date.now() / 1000),
      commitments: { ...commitments },
    });
    return { entry, opening };
  }

  /**
   * A second tree under this broker's real note key: the first `honest` entries of the real ledger, `filler` leaves, and
   * then `receipts`. The proof of consistency is true of this tree, and of no other.
   */
  async privateFork(input: {
    honest: number;
    filler?: number;
    receipts: readonly LooseReceipt[];
    consistencyFrom: number;
  }): Promise<Evidence> {
    const { ledger } = this.federation.broker.node;
    const kept = input.honest === 0 ? [] : await ledger.entries(0, input.honest);
    const filler = Array.from({ length: input.filler ?? 0 }, (_, nth) => `filler ${nth}`);
    const entries = [...kept, ...filler, ...input.receipts.map(({ entry }) => entry)];
    const nodes = nodesOver(entries.map((entry) => leafHash(Buffer.from(entry))));
    const size = entries.length;
    const from = input.consistencyFrom;
    return {
      checkpoint: this.checkpoint(size, hashRange({ begin: 0, end: size }, nodes)),
      consistency_from: from,
      consistency: from > 0 && from < size ? consistencyProof(from, size, nodes).map(encodeBase64) : [],
      receipts: input.receipts.map(({ entry, opening }, nth) => {
        const index = size - input.receipts.length + nth;
        return { entry, index, inclusion: inclusionProof(index, size, nodes).map(encodeBase64), opening };
      }),
    };
  }

  checkpoint(size: number, root: Uint8Array): string {
    return signNote(formatCheckpoint({ origin: this.noteKey.name, size, root }), [this.noteKey]);
  }
}

/** What a receipt of a grant has to say about `request`. */
export function grantOf(request: string): ReceiptFields {
  const { claims } = readToken('request', request);
  const text = (member: string) => (typeof claims[member] === 'string' ? claims[member] : '');
  return grantedFields({
    txn: text('txn'),
    trace: text('traceparent'),
    request: messageDigest(request),
    requester: text('iss'),
    owner: text('owner'),
    rule: 'r'.repeat(43),
    undetermined: [],
  });
}
