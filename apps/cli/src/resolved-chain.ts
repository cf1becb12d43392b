import type { Clock } from '#protocol';
import {
  examineTrustChain,
  TrustError,
  verifyEventFeed,
  verifyTrustChain,
  verifyStatusList,
  statusAt,
  STATUS_MAX_AGE_SECONDS,
  type PinnedAnchor,
  type VerifiedChain,
  type VerifiedEvent,
  type VerifiedLink,
} from '#trust';
import { CliError } from './cli-error.js';
import type { Cli } from './ports.js';

/** A person waits for a slow host longer than a node may, which has others to serve. */
const REQUEST_MS = 10_000;
const TOTAL_MS = 30_000;

export type CheckState = 'holds' | 'broken' | 'unknown';

export interface ChainCheck {
  readonly code: string;
  readonly state: CheckState;
  readonly text: string;
}

/** One statement of a chain, with everything that was checked of it. */
export interface CheckedLink {
  readonly entityId: string;
  readonly issuer: string;
  readonly checks: readonly ChainCheck[];
}

export interface CheckedChain {
  readonly chain: VerifiedChain;
  /** From the anchor down to the entity. */
  readonly links: readonly CheckedLink[];
}

/**
 * Resolves an entity upwards from its own words and checks every statement: signatures, times, names and types all at once,
 * then status, link by link.
 *
 * @param at milliseconds; for an instant of the past what each authority's signed feed tells of it
 * @throws CliError `unverified` with the code and the link where the chain is refused
 */
export async function checkChain(
  entityId: string,
  at: number | undefined,
  anchors: readonly PinnedAnchor[],
  cli: Cli,
): Promise<CheckedChain> {
  const { ChainResolver, FederationClient, CLIENT_LIMITS, RESOLVER_LIMITS } = await import('#trust/io');
  const { network, clock } = cli;
  if (anchors.some((anchor) => anchor.entityId === entityId)) {
    throw new CliError('usage', `\`${entityId}\` is an anchor that you pinned yourself: nobody is above it`, {
      remedy: 'whom it vouches for: comity authority list',
    });
  }
  const client = new FederationClient(network, { ...CLIENT_LIMITS, timeoutMs: REQUEST_MS }, clock);
  let tokens: readonly string[] = [];
  try {
    tokens = await new ChainResolver({ anchors, network, clock }).collect(entityId, {
      ...RESOLVER_LIMITS,
      requestMs: REQUEST_MS,
      totalMs: TOTAL_MS,
    });
    const chain = await verifyTrustChain({ chain: tokens, anchors, now: clock.now() });
    const links: CheckedLink[] = [];
    for (const [index, link] of [...chain.links.entries()].toReversed()) {
      // The entity's own words come last; its superior's statement is the one that enrols it.
      if (index === 0) continue;
      const standing = link.issuer === link.subject ? [] : [await standingOf(link, chain, at, client, clock)];
      links.push({
        entityId: link.subject,
        issuer: link.issuer,
        checks: [...statementChecks(link, chain), ...standing],
      });
    }
    const [own] = chain.links;
    if (own) links.push({ entityId, issuer: entityId, checks: statementChecks(own, chain) });
    return { chain, links };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw refusedChain(entityId, error, await everyCheck(tokens, anchors, clock));
  }
}

/** Of a chain that is refused, each check of each statement: also those behind the first that fails. */
async function everyCheck(
  tokens: readonly string[],
  anchors: readonly PinnedAnchor[],
  clock: Clock,
): Promise<string[]> {
  if (tokens.length === 0) return [];
  const { statements, checks } = await examineTrustChain({ chain: tokens, anchors, now: clock.now() });
  const title = (link: number) => {
    const { issuer = 'nobody', subject = 'nobody' } = statements[link] ?? {};
    return issuer === subject ? `${subject} about itself` : `${issuer} about ${subject}`;
  };
  const shown = ({ check, of, holds, refusal }: (typeof checks)[number]) =>
    `  ${holds ? '✓' : '✗'} ${check} (${of})${refusal === undefined ? '' : `: ${refusal.message} (${refusal.code})`}`;
  return [
    ...[...statements.keys()]
      .toReversed()
      .flatMap((link) => [title(link), ...checks.filter((check) => check.link === link).map(shown)]),
    'the chain as a whole',
    ...checks.filter(({ link }) => link === undefined).map(shown),
  ];
}

/** Why, and at which statement: a person has to know whom to ask. */
export function refusedChain(entityId: string, error: TrustError, checks: readonly string[] = []): CliError {
  const { code, link, entityId: about, message } = error;
  const place = link === undefined ? '' : ` at link ${link} (0 is the entity’s own configuration)`;
  const details = [
    `${code}${place}: ${message}`,
    ...(about === undefined || about === entityId ? [] : [`it speaks about ${about}`]),
    ...checks,
  ];
  const unreachable = code === 'unreachable';
  const remedy = unreachable
    ? 'check the entity id and the anchors file, and that the hosts on the way up run'
    : 'ask whoever enrolled it; until then nobody deals with it';
  const text = unreachable
    ? `whether an anchor vouches for \`${entityId}\` cannot be checked now`
    : `no pinned anchor vouches for \`${entityId}\``;
  return new CliError(
    unreachable ? 'unreachable' : 'unverified',
    text,
    { remedy, details, problem: code },
    { cause: error },
  );
}

function statementChecks(link: VerifiedLink, chain: VerifiedChain): ChainCheck[] {
  const until = new Date(link.expiresAt).toISOString();
  const anchor = link.issuer === chain.anchor && link.subject === chain.anchor;
  const signed = anchor ? 'by the key that you pinned' : 'by a key that the statement above it states';
  return [
    { code: 'signature', state: 'holds', text: `signed ${signed}` },
    { code: 'time', state: 'holds', text: `in force since ${new Date(link.issuedAt).toISOString()} until ${until}` },
    ...(link.issuer === link.subject
      ? []
      : [{ code: 'constraints', state: 'holds', text: 'within names, types and path length of all above' } as const]),
    ...(link === chain.links[0]
      ? ([
          { code: 'hint', state: 'holds', text: 'names this superior as its own' },
          { code: 'keys', state: 'holds', text: 'none of its keys is another’s, or has two jobs' },
        ] as const)
      : []),
    ...(link === chain.links[1] && !anchor
      ? [{ code: 'type', state: 'holds', text: `stated to be a ${chain.entityType}, as it says itself` } as const]
      : []),
  ];
}

type Client = {
  statusList(issuer: string): Promise<string>;
  events(issuer: string, after: number): Promise<string[]>;
};

async function standingOf(
  link: VerifiedLink,
  chain: VerifiedChain,
  at: number | undefined,
  client: Client,
  clock: Clock,
): Promise<ChainCheck> {
  try {
    return at === undefined
      ? await standingNow(link, chain, client, clock)
      : standingThen(link, at, await feedOf(link.issuer, chain, client, clock));
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return { code: 'status', state: 'unknown', text: `nothing is known of its status: ${error.code}` };
  }
}

async function standingNow(
  { issuer, status }: VerifiedLink,
  chain: VerifiedChain,
  client: Client,
  clock: Clock,
): Promise<ChainCheck> {
  if (!status) return { code: 'status', state: 'broken', text: 'the statement names no status list' };
  const token = await client.statusList(issuer);
  const list = await verifyStatusList({ token, issuer, keys: keysOf(chain, issuer), now: clock.now() });
  const found = statusAt(list, status, clock.now());
  const age = Math.max(0, Math.round((clock.now() - list.issuedAt) / 1000));
  const text = `${found} by its issuer’s list, ${age} s old (at most ${STATUS_MAX_AGE_SECONDS} s count)`;
  return { code: 'status', state: found === 'valid' ? 'holds' : 'broken', text };
}

/** What the issuer's own feed, whole and in order, tells of the entity up to an instant. */
function standingThen({ subject }: VerifiedLink, at: number, events: readonly VerifiedEvent[]): ChainCheck {
  const last = events
    .filter(({ subject: about, issuedAt, kind }) => about === subject && issuedAt <= at && kind in STANDING)
    .at(-1);
  if (!last) return { code: 'status', state: 'broken', text: 'not enrolled yet at that instant' };
  const state = STANDING[last.kind as keyof typeof STANDING];
  const reason = last.details['reason'];
  const why = typeof reason === 'string' ? ` (${reason})` : '';
  const text = `\`${last.kind}\` on ${new Date(last.issuedAt).toISOString()}${why}, event ${last.sequence} of its issuer`;
  return { code: 'status', state, text };
}

const STANDING = { enrolled: 'holds', reinstated: 'holds', suspended: 'broken', withdrawn: 'broken' } as const;
const PAGE = 100;

/** From the first event on: a feed that leaves one out, or changes one, does not verify. */
export async function feedOf(
  issuer: string,
  chain: VerifiedChain,
  client: Pick<Client, 'events'>,
  clock: Clock,
): Promise<VerifiedEvent[]> {
  const events: VerifiedEvent[] = [];
  for (;;) {
    const last = events.at(-1);
    const tokens = await client.events(issuer, last?.sequence ?? 0);
    events.push(...(await verifyEventFeed({ tokens, last, issuer, keys: keysOf(chain, issuer), now: clock.now() })));
    if (tokens.length < PAGE) return events;
  }
}

function keysOf(chain: VerifiedChain, issuer: string) {
  return chain.superiorKeys.get(issuer) ?? new Map();
}
