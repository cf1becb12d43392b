import { Command } from 'commander';

/** A SHA-256 in base64url whose first character is a dash: one digest in 64. */
const DASHED_DIGEST = /^-[A-Za-z0-9_-]{42}$/;
const GUARD = 'digest:';

/**
 * A command that takes a digest for an argument, whatever its first character. The parser would read `-qk5…` as a group of
 * options; acts, requests, receipts and keys are all named by digests, and a person who pastes one need not know of `--`.
 */
export class CliCommand extends Command {
  override createCommand(name?: string): CliCommand {
    return new CliCommand(name);
  }

  override parseOptions(argv: string[]): { operands: string[]; unknown: string[] } {
    const { operands, unknown } = super.parseOptions(
      argv.map((each, i) => (this.#isValue(argv, i) ? each : guard(each))),
    );
    return { operands: operands.map(unguard), unknown: unknown.map(unguard) };
  }

  /** Whether the argument is the value of the option before it, which the parser takes as it is. */
  #isValue(argv: readonly string[], index: number): boolean {
    const option = argv[index - 1];
    return (
      option !== undefined && this.options.some((each) => each.required && [each.short, each.long].includes(option))
    );
  }
}

function guard(text: string): string {
  return DASHED_DIGEST.test(text) ? `${GUARD}${text}` : text;
}

function unguard(text: string): string {
  return text.startsWith(`${GUARD}-`) ? text.slice(GUARD.length) : text;
}
