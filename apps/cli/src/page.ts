import type { ExplainedPart } from '#policy';
import { explainedLines } from '#policy';
import { Option, type Command } from 'commander';
import type { JsonValue } from '#protocol';
import { printJson } from './json-output.js';
import type { Cli } from './ports.js';
import { bold } from './terminal.js';

export interface PageOptions {
  readonly format: 'plain' | 'markdown';
  readonly json?: boolean;
}

/** For commands whose result is a page that people read. */
export function withPage(command: Command): Command {
  return command
    .addOption(new Option('--format <form>', 'how the page is written').choices(['plain', 'markdown']).default('plain'))
    .option('--json', 'print JSON for programs');
}

export function printPage(parts: readonly ExplainedPart[], document: JsonValue, options: PageOptions, cli: Cli): void {
  if (options.json === true) return printJson(cli.terminal, document);
  const headings = new Set(parts.map(({ heading }) => heading));
  for (const line of explainedLines(parts, options.format)) {
    cli.terminal.out(headings.has(line) ? [bold(line)] : line);
  }
}
