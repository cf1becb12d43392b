import { describe, expect, it } from 'vitest';
import { CliCommand } from './command.js';

/** Also a group of short options of the command below. */
const DASHED = `-${'fjV'.repeat(14)}`;
const PLAIN = 'a'.repeat(43);

/** What `vet REQUEST [SECOND]` of a group was called with. */
async function parsed(...argv: string[]) {
  let called: unknown;
  const program = new CliCommand('program')
    .exitOverride()
    .version('1')
    .configureOutput({ writeErr: () => undefined });
  program
    .command('group')
    .command('vet')
    .argument('<request>')
    .argument('[second]')
    .option('-f, --flag')
    .option('-j, --kid <kid>')
    .action((request: string, second: string | undefined, options: object) => {
      called = { request, ...(second !== undefined && { second }), ...options };
    });
  await program.parseAsync(['group', 'vet', ...argv], { from: 'user' });
  return called;
}

describe('a command', () => {
  it('takes a digest that begins with a dash wherever an argument may stand', async () => {
    expect(await parsed(DASHED)).toEqual({ request: DASHED });
    expect(await parsed(DASHED, '--flag')).toEqual({ request: DASHED, flag: true });
    expect(await parsed('--flag', DASHED, DASHED)).toEqual({ request: DASHED, second: DASHED, flag: true });
    expect(await parsed('--', DASHED)).toEqual({ request: DASHED });
  });

  it('takes one as the value of an option, in either form', async () => {
    expect(await parsed(PLAIN, '--kid', DASHED)).toEqual({ request: PLAIN, kid: DASHED });
    expect(await parsed(`--kid=${DASHED}`, DASHED, '-f')).toEqual({ request: DASHED, kid: DASHED, flag: true });
    expect(await parsed('-j', DASHED, DASHED)).toEqual({ request: DASHED, kid: DASHED });
  });

  it('still refuses an option that it does not know, and one that is shorter or longer than a digest', async () => {
    for (const unknown of ['--unknown', '-x', `-${'q'.repeat(41)}`, `-${'q'.repeat(43)}`]) {
      await expect(parsed(PLAIN, unknown)).rejects.toThrow('unknown option');
    }
  });
});
