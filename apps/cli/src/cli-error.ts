import { EXIT, type ExitCode } from './exit-codes.js';

export type CliErrorCode = 'usage' | 'refused' | 'unverified' | 'unreachable' | 'not_signed_in';

/** What went wrong and what the person at the terminal can do about it. Never shown with a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: CliErrorCode,
    message: string,
    /** `remedy` says what to do; `details` are further lines; `problem` is a node's own code. */
    readonly more: { readonly remedy?: string; readonly details?: readonly string[]; readonly problem?: string } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export function exitOf(code: CliErrorCode): ExitCode {
  switch (code) {
    case 'usage':
      return EXIT.usage;
    case 'refused':
      return EXIT.other;
    case 'unverified':
      return EXIT.unverified;
    case 'unreachable':
      return EXIT.unreachable;
    case 'not_signed_in':
      return EXIT.notSignedIn;
  }
}
