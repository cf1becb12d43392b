import type { PinnedAnchor, VerifiedChain } from '#trust';

/** `undisclosed`: the level of the bundle does not show it; it is neither proven nor contradicted. */
export type EvidenceCheckState = 'holds' | 'undisclosed' | 'pending' | 'missing' | 'broken';
export type EvidenceCheckCode = 'exported_at' | 'request' | 'ask' | 'rule' | 'jurisdiction' | 'witness' | 'history';

export interface EvidenceCheck {
  readonly code: EvidenceCheckCode;
  readonly state: EvidenceCheckState;
  readonly party: string | undefined;
  /** One plain sentence. */
  readonly text: string;
}

/** Entities of the trace by their verified chains. */
export type Chains = ReadonlyMap<string, VerifiedChain>;
/** From which anchors and at which instant (milliseconds) chains are judged. */
export interface At {
  readonly anchors: readonly PinnedAnchor[];
  readonly now: number;
}

export function told(
  code: EvidenceCheckCode,
  state: EvidenceCheckState,
  party: string | undefined,
  text: string,
): EvidenceCheck {
  return { code, state, party, text };
}

/** For what may fail as evidence and is then simply not there; everything else is a fault of ours. */
export function nothingWhere(kind: new (...of: never[]) => Error): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof kind) return undefined;
    throw error;
  };
}
