import {
  decideByAll,
  factsAtBroker,
  nodeMetadataOf,
  readRequest,
  recallAnsweredFields,
  recalledFields,
  rulesToSatisfy,
  verifyEvidence,
} from '#exchange';
import { callPeer, partiesView, partyView } from '#exchange/io';
import { recallHoldAllowed, type ShownHold } from '#policy';
import { messageDigest, newIdentifier, RecallAnsweredBody, type JsonObject } from '#protocol';
import { signRecall, verifyRecallAnswer, type VerifiedRecall } from '#trust';
import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from './agency-node.js';
import type { OpenRecall, StandingRelease } from './recalls.store.js';

const EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
/** A recall is signed anew where it found nobody for so long; its receiver has a day to answer each. */
const LIVES_SECONDS = 24 * 60 * 60;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/**
 * Calls back what was released under a law that has ended since: where a mark that a release rested on was revoked, and the
 * owner's rule would refuse the same request by what is attested now, the receiver gets a signed recall until it has shown
 * that it deleted. Both sides log their half.
 */
export class RecallJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round().catch(() => this.log('recall: a round failed and is tried again'));
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One round now: what has to be recalled, and what waits for an answer. */
  async round(): Promise<void> {
    const { recalls, clock, directory } = this.node;
    for (const status of await recalls.standingMarks(clock.now())) {
      if (!directory.statuses.isRevoked(status)) continue;
      for (const release of await recalls.restingOn(status, clock.now())) {
        if (await this.isRefusedNow(release)) await this.recall(release);
      }
    }
    for (const recall of await recalls.due(clock.now())) await this.send(recall);
  }

  /** A mark that was replaced by one as good takes nothing back; only facts that anybody may know are held against the rule. */
  private async isRefusedNow(release: StandingRelease): Promise<boolean> {
    const { directory, rules, settings, clock, entityId } = this.node;
    const { claims } = readRequest(release.request);
    const requester = await partyView(directory, release.requester);
    if (requester === undefined) return true;
    const owner = await partyView(directory, entityId);
    const parties = await partiesView(directory, { requester, beneficiary: claims.clear.beneficiary, owner });
    const inForce = rulesToSatisfy(await rules.published(), claims.iat * 1000, settings.ruleNoticeMs);
    return decideByAll(factsAtBroker(parties, claims.clear, claims.fan_out), inForce, clock.now()).outcome === 'deny';
  }

  private async recall(release: StandingRelease): Promise<void> {
    const { node } = this;
    const { entry } = await node.ledger.proofOf(release.receiptId);
    const digest = messageDigest(entry);
    const token = await this.sign(release, digest);
    const receiptId = `recalled/${release.digest}`;
    await node.dataSource.transaction(async (manager) => {
      const recall = { release: digest, token, receiptId, now: node.clock.now() };
      if (!(await node.recalls.insert(manager, release, recall))) return;
      await node.followed.end(manager, release.digest);
      await node.ledger.append(manager, {
        receiptId,
        kind: 'recalled',
        txn: release.txn,
        fields: recalledFields({
          ...this.hop(release),
          release: digest,
          recall: messageDigest(token),
          because: release.because,
        }),
      });
    });
    this.log(`recall: a release of ${release.txn} is called back`);
  }

  private sign(release: StandingRelease, digest: string): Promise<string> {
    const { entityId, signingKey, randomness, clock } = this.node;
    return signRecall({
      issuer: entityId,
      receiver: release.requester,
      jti: newIdentifier(randomness),
      issuedAt: clock.now(),
      key: signingKey,
      txn: release.txn,
      release: digest,
      reason: 'attestation_ended',
      because: release.because,
      answerWithinSeconds: LIVES_SECONDS,
    });
  }

  private async send(open: OpenRecall): Promise<void> {
    const { node } = this;
    const now = node.clock.now();
    const isOld = now - open.issuedAtMs > (LIVES_SECONDS * 1000) / 2;
    const token = isOld ? await this.sign(open, open.release) : open.token;
    try {
      await node.ledger.integrated(open.receiptId);
      await this.deliver({ ...open, token });
    } catch (error) {
      const name = error instanceof Error ? error.name : 'failed';
      this.log(`recall: ${name}; it is sent again`);
      const pause = Math.min(FIRST_RETRY_MS * 2 ** Math.min(open.attempts, 12), LAST_RETRY_MS);
      await node.recalls.retryAt(open.digest, now + pause, token, isOld ? now : open.issuedAtMs);
    }
  }

  /** The answer is believed where the receiver's own ledger holds the receipt that it names. */
  private async deliver(open: OpenRecall): Promise<void> {
    const { node } = this;
    const receiver = node.directory.chainFor(open.requester);
    const { endpoint, ledger } = nodeMetadataOf(receiver);
    const call = {
      url: `${endpoint}/recalls`,
      body: { recall: open.token },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    };
    const { answer: token, evidence } = await callPeer(node.network, call, RecallAnsweredBody);
    const now = node.clock.now();
    const keys = receiver.protocolKeys.signing;
    const recall: Pick<VerifiedRecall, 'digest' | 'issuer' | 'receiver'> = {
      digest: messageDigest(open.token),
      issuer: node.entityId,
      receiver: open.requester,
    };
    const answer = await verifyRecallAnswer({ token, recall, keys, now });
    if (answer.proof !== undefined) {
      if (evidence === undefined) throw new TypeError('a deletion comes with its receipt');
      const fields = { request: open.digest, owner: node.entityId, release: open.release };
      const kind = answer.outcome === 'held' ? 'recall_held' : 'deleted';
      const { receipts } = await verifyEvidence(evidence, ledger, [{ kind, fields }]);
      const [receipt] = receipts;
      if (receipt?.digest !== answer.proof) throw new TypeError('the answer names another receipt');
      await node.follower.follow({ ledger, endpoint }, evidence);
      if (answer.outcome === 'held') return this.hearHold(open, { token, ...receipt }, recall.digest);
    }
    const { outcome, proof } = answer;
    await node.dataSource.transaction(async (manager) => {
      await node.recalls.answered(manager, open.digest, { outcome, token, proof, now });
      await node.ledger.append(manager, {
        receiptId: `recall_answered/${open.digest}`,
        kind: 'recall_answered',
        txn: open.txn,
        fields: recallAnsweredFields({
          ...this.hop(open),
          release: open.release,
          recall: recall.digest,
          outcome,
          proof: proof ?? '',
        }),
      });
    });
  }

  /**
   * A hold that the rule allows keeps what was released until its end, and then the receiver is asked again. Any other is put
   * on record, and what was released is called back every day until it is deleted.
   */
  private async hearHold(
    open: OpenRecall,
    { token, digest: proof, opened }: { token: string; digest: string; opened: JsonObject },
    recall: string,
  ): Promise<void> {
    const { node } = this;
    const now = node.clock.now();
    const hold = shownHold(opened);
    const { kind } = readRequest(open.request).claims.clear;
    const isAllowed = recallHoldAllowed((await node.rules.current())?.rule, kind, hold, now);
    const outcome = isAllowed ? 'held' : 'held_not_allowed';
    await node.dataSource.transaction(async (manager) => {
      await node.recalls.heldUntil(manager, open.digest, isAllowed ? hold.until : now + DAY_MS, { token, proof });
      await node.ledger.append(manager, {
        receiptId: `recall_answered/${open.digest}/${recall}`,
        kind: 'recall_answered',
        txn: open.txn,
        fields: recallAnsweredFields({ ...this.hop(open), release: open.release, recall, outcome, proof }),
      });
    });
    if (!isAllowed) this.log(`recall: the receiver shows a hold that the rule does not allow, in ${open.txn}`);
  }

  private hop({ txn, traceparent: trace, digest: request, requester }: StandingRelease) {
    return { txn, trace, request, requester, owner: this.node.entityId };
  }
}

/** As the receiver's receipt states it; what cannot be read is no hold that any rule allows. */
function shownHold({ basis, until }: JsonObject): ShownHold {
  const at = typeof until === 'string' ? Date.parse(until) : NaN;
  return { basis: typeof basis === 'string' ? basis : '', until: at };
}
