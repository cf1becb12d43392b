import { answerKeyThumbprint, type VerifiedRequest } from '#exchange';
import { lifetime } from '#exchange/io';
import { encryptionTargetFrom, newIdentifier, seal, signToken, type JsonObject, type ReasonClaims } from '#protocol';
import { currentTraceparent } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import type { DecidedHere } from './decide-here.js';
import type { Found } from './find-reads.js';
import { signCursor } from './paging/page-cursor.js';
import { cutWarning } from './release-content.js';

const ANSWER_SECONDS = 15 * 60;

/** Signs what is released, or every reason why nothing is, and seals it to the answer key of the request. */
export async function sealAnswer(
  request: VerifiedRequest,
  decided: DecidedHere,
  reasons: readonly ReasonClaims[],
  found: Found,
  node: AgencyNode,
): Promise<string> {
  const { claims } = request;
  const target = await encryptionTargetFrom({ ...claims.answer_key }, answerKeyThumbprint(claims.answer_key));
  const answer = await signToken({
    kind: 'answer',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: claims.iss,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, ANSWER_SECONDS),
      txn: claims.txn,
      traceparent: currentTraceparent() ?? claims.traceparent,
      request: request.digest,
      request_jti: claims.jti,
      outcome: reasons.length > 0 ? 'refused' : 'reads',
      reads: found.reads.map((read) => ({ ...read }) as unknown as JsonObject),
      truncated: found.truncated,
      ...(await nextPage(request, decided, found, node)),
      reasons: reasons.map((reason): JsonObject => ({ ...reason })),
      obligations: {
        ...(decided.obligations ?? obligationsOfRefusal(node)),
        ...(reasons.length > 0 || decided.duties.length === 0
          ? {}
          : { duties: decided.duties.map((duty): JsonObject => ({ ...duty })) }),
      },
      warnings: [...found.warnings, ...decided.cuts.map(cutWarning)],
      rule: decided.rule,
    },
  });
  return seal('sealed-answer', answer, target);
}

async function nextPage(
  request: VerifiedRequest,
  { continues, rule, persons, opened }: DecidedHere,
  { goesOn }: Found,
  node: AgencyNode,
): Promise<{ next?: string }> {
  // A page continues the use of an approval: where that follows, there is none to continue.
  if (goesOn === undefined || persons === undefined || opened.approval === undefined) return {};
  return { next: await signCursor(request, { continues, rule, officer: persons.officer, ...goesOn }, node) };
}

/** A refusal hands nothing over; what binds the receiver is that there is nothing to keep. */
function obligationsOfRefusal(node: AgencyNode): JsonObject {
  return {
    expires_at: new Date(node.clock.now()).toISOString(),
    purpose: 'named_case_only',
    onward_transfer: 'refused_without_new_request',
  };
}
