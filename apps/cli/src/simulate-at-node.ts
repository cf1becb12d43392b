import type { ExplainedPart } from '#policy';
import type { JsonObject, JsonValue } from '#protocol';
import { CliError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { objectsIn, textIn } from './json-reading.js';
import { signedIn, type AgencyOptions } from './options.js';
import { printPage, type PageOptions } from './page.js';
import type { Cli } from './ports.js';
import { readRuleFile } from './rule-file.js';

export interface SimulateAtNodeOptions extends PageOptions, AgencyOptions {
  readonly rule?: string;
  readonly as?: string;
}

/** A rule on the requests that a node has decided, as far as they were in the clear. */
export async function simulateAtNode(options: SimulateAtNodeOptions, cli: Cli): Promise<ExitCode> {
  if (options.rule === undefined) {
    const remedy = 'name the files of an export, or --rule and --agency';
    throw new CliError('usage', 'neither an export nor a rule to try on a node', { remedy });
  }
  const { rule } = await readRuleFile(options.rule);
  const client = await signedIn(options, cli);
  const answer = await client.post('/rules/simulation', { rule: rule as unknown as JsonValue });
  const requests = objectsIn(answer, 'requests');
  printPage(partsOf(`What this rule would have said: ${rule.title}`, requests), answer, options, cli);
  return EXIT.ok;
}

function partsOf(title: string, requests: readonly JsonObject[]): readonly ExplainedPart[] {
  const of = (was: string, wouldBe: string) =>
    requests.filter((each) => each['was'] === was && each['would_be'] === wouldBe);
  const lost = of('permitted', 'refused');
  return [
    {
      heading: title,
      points: [
        `${requests.length} requests that this node has decided, on what was in the clear`,
        `were permitted, and would be refused: ${lost.length}`,
        `were permitted, and nothing in the clear speaks against them: ${of('permitted', 'not_refused').length}`,
        `were refused, and nothing in the clear would speak against them: ${of('refused', 'not_refused').length}`,
        `were refused, and would be refused: ${of('refused', 'refused').length}`,
        `of agencies that are no longer enrolled: ${requests.filter((each) => each['would_be'] === 'requester_unknown').length}`,
      ],
    },
    {
      heading: 'Permitted then, refused by this rule',
      points: lost.length === 0 ? ['none'] : lost.slice(0, 50).map(lineOf),
    },
  ];
}

function lineOf(request: JsonObject): string {
  const reasons = objectsIn(request, 'reasons').map(
    (each) => `${textIn(each, 'requirement')} (\`${textIn(each, 'code')}\`)`,
  );
  return `${textIn(request, 'txn')} of ${textIn(request, 'requester')}, ${textIn(request, 'received_at')}: ${reasons.join(', ')}`;
}
