import type { Command } from 'commander';
import { verifySignedRule } from '#exchange';
import { PolicyError, parseRule, ruleDigest, ruleFromClaims, type Rule } from '#policy';
import { ProtocolError, readToken, type JsonObject, type JsonValue } from '#protocol';
import { TrustError } from '#trust';
import { AgencyClient } from '../agency-client.js';
import { readAnchorsIfAny, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { describeRule } from '../describe-rule.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { numberIn, objectIn, objectsIn, textIn } from '../json-reading.js';
import { agencyOf, digestText, withAgency, withJson, type AgencyOptions, type OutputOptions } from '../options.js';
import { policyProblem } from './decide.js';
import type { Cli } from '../ports.js';
import { chainOf } from '../resolve-chain.js';
import { good, warn } from '../terminal.js';

interface RuleShowOptions extends AgencyOptions, AnchorOptions, OutputOptions {
  readonly digest?: string;
}

export function addRuleShow(rule: Command, cli: Cli): void {
  const command = rule
    .command('show')
    .description('the sharing rule that an agency has published; rules are public')
    .option('--digest <digest>', 'another version: one that was proposed, or an earlier one', digestText)
    .addHelpText('after', HELP)
    .action(async (options: RuleShowOptions) => cli.exit(await ruleShow(options, cli)));
  withJson(withAnchors(withAgency(command)));
}

const HELP = `
With anchors the signature is checked to a pinned anchor; without, it is only read, and that is said.

Examples:
  $ comity rule show --agency https://node.other.example --anchors anchors.json
  $ comity rule show --agency https://node.agency.example --digest DIGEST`;

/** A rule as it was found, and whether its owner's signature was checked. */
interface FoundRule {
  readonly rule: Rule;
  readonly digest: string;
  readonly publishedAt: string | undefined;
  readonly signature: 'verified' | 'not_checked' | 'none';
}

async function ruleShow(options: RuleShowOptions, cli: Cli): Promise<ExitCode> {
  const { digest } = options;
  const agency = agencyOf(options, cli);
  if (agency === undefined) throw new CliError('usage', '--agency is missing', { remedy: 'say whose rule' });
  const client = new AgencyClient(cli.network, agency);
  const found = digest === undefined ? await published(client, options, cli) : await proposed(client, digest);
  if (options.json === true) {
    const { rule, signature, publishedAt } = found;
    const document = rule as unknown as JsonValue;
    printJson(cli.terminal, { digest: found.digest, published_at: publishedAt ?? null, signature, rule: document });
    return EXIT.ok;
  }
  for (const line of describeRule(found.rule as unknown as JsonObject, found.digest)) cli.terminal.out(line);
  if (found.publishedAt !== undefined) cli.terminal.out(`  published   ${found.publishedAt}`);
  cli.terminal.out(['  signature   ', signatureText(found.signature)]);
  return EXIT.ok;
}

function signatureText(signature: FoundRule['signature']) {
  switch (signature) {
    case 'verified':
      return good("verified: the owner's, by a chain to a pinned anchor");
    case 'not_checked':
      return warn('not checked: give --anchors to check it');
    case 'none':
      return warn('none: this version is not the published one');
  }
}

async function published(client: AgencyClient, options: AnchorOptions, cli: Cli): Promise<FoundRule> {
  const token = textIn(await client.get('/rule'), 'rule');
  const anchors = await readAnchorsIfAny(options, cli);
  try {
    if (anchors === undefined) {
      const { claims } = readToken('rule', token);
      const rule = ruleFromClaims(claims);
      return {
        rule,
        digest: ruleDigest(rule),
        publishedAt: instant(numberIn(claims, 'iat')),
        signature: 'not_checked',
      };
    }
    const { chain } = await chainOf(client.url, anchors, cli);
    const keys = chain.protocolKeys.signing;
    const verified = await verifySignedRule(token, { owner: chain.entityId, keys, now: cli.clock.now() });
    const publishedAt = instant(verified.publishedAt / 1000);
    return { rule: verified.rule, digest: verified.digest, publishedAt, signature: 'verified' };
  } catch (cause) {
    if (!(cause instanceof ProtocolError || cause instanceof PolicyError || cause instanceof TrustError)) throw cause;
    const remedy = 'do not rely on it; tell the agency and its authority';
    throw new CliError('unverified', `the published rule is not believed: ${cause.message}`, { remedy }, { cause });
  }
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** From the list of all versions, which is public and carries no signature of its own. */
export async function proposed(client: AgencyClient, digest: string): Promise<FoundRule> {
  const versions = objectsIn(await client.get('/rules'), 'rules');
  const version = versions.find((candidate) => candidate['digest'] === digest);
  if (version === undefined) throw new CliError('refused', 'no version of the rule has this digest');
  try {
    const rule = parseRule(objectIn(version, 'rule'));
    // The digest is what is published and logged: what stands beside it has to be what it is of.
    if (ruleDigest(rule) === digest) return { rule, digest, publishedAt: undefined, signature: 'none' };
  } catch (error) {
    if (error instanceof PolicyError) throw policyProblem(error);
    throw error;
  }
  throw new CliError('unverified', 'the node shows another rule under this digest', { remedy: 'do not publish it' });
}
