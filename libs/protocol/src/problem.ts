import type { JsonObject } from './strict-json.js';

/** RFC 9457 problem details as Comity sends them: a stable `code`, and nothing that a person or a plate could be in. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly txn?: string;
  readonly reasons?: readonly JsonObject[];
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problem(
  status: number,
  code: string,
  title: string,
  more: Partial<Pick<Problem, 'detail' | 'txn' | 'reasons' | 'retryAfterSeconds'>> = {},
): Problem {
  return { type: `urn:comity:problem:${code}`, title, status, code, ...more };
}

/** A failure that an HTTP edge answers with exactly this problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: Problem,
    options?: { cause?: unknown },
  ) {
    super(problem.title, options);
  }
}
