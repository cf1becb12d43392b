import type { VerifiedChain } from '../src/index.js';
import type { FederationRegister } from './federation-register.js';

interface Statement {
  readonly token: string;
  readonly issuedAt: number;
}

/**
 * A chain as a message shows it, with a newer statement put in the place of each that this node collected a newer one of: an
 * older and kinder one wins nothing, and a message that was signed before its sender's statements turned is still read.
 *
 * @param tokens those of `shown`
 * @returns `tokens` itself where nothing newer is held; else a chain that has to be verified again
 */
export function newestChain(
  shown: VerifiedChain,
  tokens: readonly string[],
  register: FederationRegister,
): readonly string[] {
  let isReplaced = false;
  const newest = tokens.map((token, link) => {
    const issuedAt = shown.links[link]?.issuedAt ?? Infinity;
    const held = heldStatement(shown, link, register);
    if (held === undefined || held.issuedAt <= issuedAt) return token;
    isReplaced = true;
    return held.token;
  });
  return isReplaced ? newest : tokens;
}

/** What this node holds that the same issuer says about the same subject. */
function heldStatement(shown: VerifiedChain, link: number, register: FederationRegister): Statement | undefined {
  const { superiors, entityId } = shown;
  const [superior] = superiors;
  if (link === 0) return superior === undefined ? undefined : statementOf(register, superior, entityId, 0);
  if (link > superiors.length) {
    const anchor = register.lastAnchor(shown.anchor);
    return anchor && { token: anchor.token, issuedAt: anchor.issuedAt };
  }
  const issuer = superiors[link - 1];
  const subject = link === 1 ? entityId : superiors[link - 2];
  return issuer === undefined || subject === undefined ? undefined : statementOf(register, issuer, subject, 1);
}

function statementOf(
  register: FederationRegister,
  superior: string,
  entityId: string,
  link: 0 | 1,
): Statement | undefined {
  const held = register.held(superior, entityId);
  const [token, issuedAt] = [held?.tokens[link], held?.chain.links[link]?.issuedAt];
  return token === undefined || issuedAt === undefined ? undefined : { token, issuedAt };
}
