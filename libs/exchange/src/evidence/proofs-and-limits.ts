import { isUndisclosed, type EvidenceReport } from './verify-evidence-bundle.js';

/** What follows from a bundle that verifies, in sentences for a court. Nothing is said that no check stands for. */
export function provenBy(report: EvidenceReport): string[] {
  const { trace, checks } = report;
  const holds = (code: string) => {
    const of = [...trace.checks, ...checks].filter((check) => check.code === code);
    return of.length > 0 && of.every(({ state }) => state === 'holds');
  };
  const sentences: [boolean, string][] = [
    [
      holds('receipt') && holds('checkpoint') && holds('chain'),
      'Each receipt listed was signed by the party named, whom the pinned trust anchor vouched for at the time of the export, and stands unaltered at the place named in that party’s append-only ledger.',
    ],
    [
      holds('sequence'),
      'The receipts of each ledger follow each other in number and digest: none of those shown was put in, taken out or reordered between its neighbours shown.',
    ],
    [holds('approved') && holds('two_persons'), 'One person asked, and another person approved exactly that.'],
    [holds('ask'), 'What was asked is the document in this bundle, to which both persons’ receipts commit.'],
    [holds('request'), 'The requests are the messages that the requesting agency signed.'],
    [holds('rule'), 'Each decision names the sharing rule in this bundle, by its digest.'],
    [
      holds('release_logged'),
      'Each release stood in the owner’s and in the broker’s ledger, with one and the same ciphertext.',
    ],
    [holds('grant_ended'), 'Every request that was forwarded came to an end that the ledgers show.'],
    [holds('witness'), 'Each ledger’s history was cosigned by a witness other than its keeper, at the time named.'],
  ];
  return sentences.flatMap(([isProven, sentence]) => (isProven ? [sentence] : []));
}

/** What no bundle proves, and what this one does not. Said as openly as what it does. */
export function notProvenBy(report: EvidenceReport): string[] {
  const open = [
    ...report.trace.checks.filter(({ code, state }) => !isUndisclosed(code, state, report.level)),
    ...report.checks,
  ].filter(({ state }) => state !== 'holds');
  return [
    ...open.map(({ text, party }) => `${party ?? 'The ledgers together'}: ${text}.`),
    'That the statements in it are true: an officer can state a false reason, and an agency that runs its own sign-in can invent a person. They have signed for it.',
    'That a camera read the plate rightly, or that its owner drove the vehicle.',
    'What happened outside: reads looked at or passed on by other means leave no receipt here.',
    'Exact times: each is the clock of the party that states it, bounded by the order of the ledgers and by the times of witnesses.',
    'That no further transaction exists: this bundle is about one. Ask for a search of the ledgers for others.',
    'That the law attested was the law in force: the authority that attested it answers for that. Suspensions after the export are not in it.',
    ...(report.level === 'full'
      ? []
      : [
          `What the level \`${report.level}\` leaves out. Leaves and proofs are whole; the fields left out are shown as erased.`,
        ]),
  ];
}
