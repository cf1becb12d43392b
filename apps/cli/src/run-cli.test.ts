import { beforeEach, describe, expect, it } from 'vitest';
import { AGENCY, FakeCli, TXN } from '../test/fake-cli.js';

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

describe('comity', () => {
  it('teaches: commands, an example of the whole way, exit codes', async () => {
    const { exit, out } = await cli.run(['--help']);
    expect(exit).toBe(0);
    for (const word of ['login', 'ask', 'approve', 'requests', 'show', 'trace', 'ledger', 'rule', 'decide', 'reads']) {
      expect(out).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    }
    expect(out).toContain('$ comity approve TXN --as supervisor --wait');
    expect(out).toContain('8  not signed in');
  });

  it.each([
    ['login'],
    ['logout'],
    ['ask'],
    ['approve'],
    ['requests'],
    ['show'],
    ['trace'],
    ['ledger', 'verify'],
    ['rule', 'show'],
    ['rule', 'publish'],
    ['decide'],
    ['reads', 'import'],
  ])('explains `%s %s` with an example and takes --json', async (...command) => {
    const { exit, out } = await cli.run([...command.filter((word) => typeof word === 'string'), '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(/Examples?:\n {2}\$ /);
    expect(out).toContain('--json');
  });

  it('shows its help and ends with 2 where nothing is asked of it', async () => {
    const { exit, err } = await cli.run([]);
    expect(exit).toBe(2);
    expect(err).toContain('Usage: comity');
  });

  it.each([
    ['an unknown command', ['shwo'], "unknown command 'shwo'"],
    ['an unknown option', ['show', TXN, '--wiat'], 'Did you mean --wait?'],
    ['a missing argument', ['show'], "missing required argument 'txn'"],
    ['what is no transaction', ['show', '../../etc'], 'A transaction looks like'],
    ['what is no digest', ['rule', 'show', '--digest', 'abc'], 'A digest has 43'],
    ['plain http beyond this machine', ['login', '--agency', 'http://node.example'], 'It is the address of a node'],
    ['an address with a path that climbs', ['login', '--agency', 'https://node.example/../x'], 'address of a node'],
    ['a profile with a slash', ['login', '--as', 'a/b'], 'A name consists of'],
    ['a class of legal process that there is not', ['ask', '--legal-process', 'hunch'], 'Allowed choices are none'],
    ['an endless wait', ['show', TXN, '--timeout', '0'], 'A whole number of seconds'],
  ])('refuses %s with 2 and says what is expected', async (_, argv, expected) => {
    const { exit, err } = await cli.run(argv);
    expect(exit).toBe(2);
    expect(err).toContain(expected);
    expect(err).not.toContain('    at ');
  });

  it('prints a refusal as JSON where JSON was asked for', async () => {
    const { exit, out } = await cli.run(['show', 'x', '--json']);
    expect(exit).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'usage', exit: 2 } });
  });
});

const problem = (status: number, code: string, title: string, detail?: string) => ({
  status,
  body: { type: `urn:comity:problem:${code}`, title, status, code, ...(detail === undefined ? {} : { detail }) },
});

describe('what a node refuses', () => {
  it.each([
    [401, 'not_signed_in', 8, `comity login --agency ${AGENCY}`],
    [403, 'role_missing', 1, '--as'],
    [404, 'not_found', 1, 'not_found'],
    [409, 'not_waiting', 1, 'not_waiting'],
    [422, 'owner_not_enrolled', 2, 'owner_not_enrolled'],
    [503, 'unavailable', 7, 'try again in a moment'],
  ])('%i ends with the exit code of its kind', async (status, code, exit, hint) => {
    await cli.signIn();
    const routes = { [`GET /asks/${TXN}`]: problem(status, code, 'a title of the node', 'a detail of the node') };
    const ran = await cli.run(['show', TXN], routes);
    expect(ran.exit).toBe(exit);
    expect(ran.err).toContain(hint);
    if (status !== 401) expect(ran.err).toContain('a title of the node: a detail of the node');
    const json = await cli.run(['show', TXN, '--json'], routes);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code, exit } });
  });

  it('W15: repeats no control characters of a node', async () => {
    await cli.signIn();
    const { err } = await cli.run(['show', TXN], {
      [`GET /asks/${TXN}`]: problem(404, 'not_found', '\u001b[2Jyou are root\nnow'),
    });
    expect(err).not.toContain('\u001b');
    expect(err.split('\n')).toHaveLength(1);
  });

  it('a node that is away ends with 7 and its address', async () => {
    await cli.signIn();
    const { exit, err } = await cli.run(['requests']);
    expect(exit).toBe(7);
    expect(err).toContain(`the node at \`${AGENCY}\` cannot be reached`);
  });

  it('an answer that is no document ends with 1', async () => {
    await cli.signIn();
    const { exit, err } = await cli.run(['requests'], { 'GET /asks': { body: 'welcome to nginx' } });
    expect(exit).toBe(1);
    expect(err).toContain('does not answer as a node of Comity does');
  });
});
