export type Style = 'bold' | 'dim' | 'good' | 'bad' | 'warn';

export interface Styled {
  readonly style: Style;
  readonly text: string;
}

/** One line. Texts in it may come from another node: they are made harmless where they are written. */
export type Line = string | readonly (string | Styled)[];

/** Where a command writes. Tests give their own and read what was written. */
export interface Terminal {
  out(line: Line): void;
  err(line: Line): void;
  /** Replaces the last progress on a screen; `undefined` ends it. Says nothing where nobody looks. */
  progress(text: string | undefined): void;
}

export const bold = (text: string): Styled => ({ style: 'bold', text });
export const dim = (text: string): Styled => ({ style: 'dim', text });
export const good = (text: string): Styled => ({ style: 'good', text });
export const bad = (text: string): Styled => ({ style: 'bad', text });
export const warn = (text: string): Styled => ({ style: 'warn', text });

const SGR: Readonly<Record<Style, string>> = { bold: '1', dim: '2', good: '32', bad: '31', warn: '33' };

/** What is written for a line; escape sequences are ours alone, whatever the texts hold (W15). */
export function written(line: Line, coloured: boolean): string {
  if (typeof line === 'string') return harmless(line);
  return line
    .map((part) => {
      if (typeof part === 'string') return harmless(part);
      const text = harmless(part.text);
      return coloured && text !== '' ? `\u001b[${SGR[part.style]}m${text}\u001b[0m` : text;
    })
    .join('');
}

/** The text of a line, as a test or a table counts it. */
export function plainText(line: Line): string {
  return written(line, false);
}

/**
 * One line without control characters, direction marks and other invisible ones: a narrative, a name or an error text of
 * another node cannot move the cursor, recolour a verdict or forge a line (W15).
 */
function harmless(text: string): string {
  return text.replaceAll(/[\n\t]/g, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, '\uFFFD');
}

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The process's own terminal. Colours only on a screen, and not with NO_COLOR (https://no-color.org). */
export function processTerminal(
  stdout: Screen,
  stderr: Screen,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const allowed = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const coloured = (screen: Screen) => allowed && screen.isTTY === true;
  const moves = stderr.isTTY === true && environment['TERM'] !== 'dumb';
  let underWay = false;
  const clear = () => {
    if (underWay) stderr.write('\r\u001b[K');
    underWay = false;
  };
  return {
    out(line) {
      clear();
      stdout.write(`${written(line, coloured(stdout))}\n`);
    },
    err(line) {
      clear();
      stderr.write(`${written(line, coloured(stderr))}\n`);
    },
    progress(text) {
      if (!moves) return;
      clear();
      if (text === undefined) return;
      stderr.write(harmless(text));
      underWay = true;
    },
  };
}
