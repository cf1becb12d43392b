import { answerKeyThumbprint, releaseFields } from '#exchange';
import { ledgerEvidence } from '#exchange/io';
import {
  digestOfText,
  encryptionTargetFrom,
  messageDigest,
  newIdentifier,
  parseMessage,
  readToken,
  RequestClaims,
  seal,
  signToken,
  type JsonObject,
} from '#protocol';
import { systemRandomness } from '#protocol/io';
import type { AgencyNode } from '../../apps/agency/src/agency-node.js';
import { post, type DoorAnswer } from './knock.js';
import type { Evidence, SentGrant } from './lying-broker.js';

/** A release as a dishonest owner made it: in its own ledger, and announced to the broker. */
export interface MadeUpRelease {
  readonly receiptId: string;
  readonly answer: string;
  readonly evidence: Evidence;
}

/** The node of a holding agency that answers as it likes, with its own keys and its own ledger. */
export class DishonestOwner {
  constructor(
    readonly node: Pick<AgencyNode, 'entityId' | 'signingKey' | 'ledger' | 'dataSource' | 'network' | 'settings'>,
  ) {}

  /** The claims of an honest, empty answer to `request`. */
  answerClaims(request: string): JsonObject {
    const claims = claimsOf(request);
    return {
      ...this.hop(request),
      aud: claims.iss,
      request: messageDigest(request),
      request_jti: claims.jti,
      outcome: 'reads',
      reads: [],
      truncated: false,
      reasons: [],
      obligations: {
        expires_at: new Date(Date.now() + 86_400_000).toISOString(),
        purpose: 'named_case_only',
        onward_transfer: 'refused_without_new_request',
      },
      warnings: [],
      rule: 'r'.repeat(43),
    };
  }

  /** Seals whatever it is given to the request's answer key. */
  async sealFor(request: string, text: string): Promise<string> {
    const target = await encryptionTargetFrom({ ...claimsOf(request).answer_key }, thumbprintOf(request));
    return seal('sealed-answer', text, target);
  }

  /** Writes a release of `answer` into its own, real ledger. */
  async release({ request, evidence }: SentGrant, answer: string): Promise<MadeUpRelease> {
    const { node } = this;
    const { txn, traceparent: trace, iss: requester } = claimsOf(request);
    const receiptId = `made-up/${newIdentifier(systemRandomness)}`;
    const of = { txn, trace, request: messageDigest(request), requester, owner: node.entityId };
    const granted = messageDigest(evidence.receipts[0]?.entry ?? '');
    const content = { outcome: 'reads', read_count: 0, officer_tag: '', supervisor_tag: '', case_tag: '' };
    const fields = releaseFields(
      { ...of, rule: 'r'.repeat(43), ciphertext: digestOfText(answer), granted },
      { ...content, plate_tags: [], reasons: [] },
    );
    await node.ledger.append(node.dataSource.manager, { receiptId, kind: 'release', txn, fields });
    const proven = (await ledgerEvidence(node.ledger, [receiptId], 0)) as unknown as Evidence;
    return { receiptId, answer, evidence: proven };
  }

  /** Tells the broker of a release, as an owner has to before it sends anything; `changed` claims win. */
  async announce(request: string, made: MadeUpRelease, changed: JsonObject = {}): Promise<DoorAnswer> {
    const claims = {
      ...this.hop(request),
      aud: this.node.settings.broker,
      request: messageDigest(request),
      release_receipt: messageDigest(made.evidence.receipts[0]?.entry ?? ''),
      ciphertext: digestOfText(made.answer),
      ...changed,
    };
    const notice = await signToken({ kind: 'release-notice', key: this.node.signingKey, claims });
    const body = { notice, evidence: made.evidence, log_size: 0 };
    return post(this.node, `${this.node.settings.broker}/release-notices`, body);
  }

  private hop(request: string): JsonObject {
    const { txn, traceparent } = claimsOf(request);
    const iat = Math.floor(Date.now() / 1000);
    const jti = newIdentifier(systemRandomness);
    return { iss: this.node.entityId, jti, iat, exp: iat + 100, txn, traceparent };
  }
}

function claimsOf(request: string): RequestClaims {
  return parseMessage(RequestClaims, readToken('request', request).claims);
}

function thumbprintOf(request: string): string {
  return answerKeyThumbprint(claimsOf(request).answer_key);
}
