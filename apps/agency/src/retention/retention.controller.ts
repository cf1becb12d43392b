import { Controller, Get, HttpCode, Inject, Post, Query, UseGuards } from '@nestjs/common';
import { ledgerEvidence } from '#exchange/io';
import { ProblemError, problem, type JsonObject, type JsonValue } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { OfficerGuard, Roles } from '../session/index.js';
import { readCertificates, type DeletionCertificate } from './deletion-certificate.js';
import { retentionLimits } from './retention-limits.js';
import { runRetention } from './run-retention.js';

const PAGE = 50;

/** What this agency keeps and for how long, what it deleted, and the proof. */
@Controller('retention')
@UseGuards(OfficerGuard)
export class RetentionController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get()
  async status(): Promise<JsonObject> {
    const { settings, dataSource, clock } = this.node;
    const { readsMs, hitsMs } = await retentionLimits(this.node);
    const [state] = await dataSource.query<{ certificates: number; newest: Date | null; remains: number }[]>(
      `select (select count(*)::integer from deletion_certificate) as certificates,
         (select max(made_at) from deletion_certificate) as newest,
         (select count(*)::integer from deletion_remains) as remains`,
    );
    const [kept] = await dataSource.query<{ holds: number; held: number; oldest: Date | null }[]>(
      `select (select count(*)::integer from preservation_hold where state <> 'ended' and expires_at > $1) as holds,
         (select count(*)::integer from held_read) as held, (select min(seen_at) from plate_read) as oldest`,
      [new Date(clock.now())],
    );
    return {
      limits: {
        reads_seconds: seconds(readsMs),
        hits_seconds: seconds(hitsMs ?? readsMs),
        configured_seconds: seconds(settings.retentionMs),
        records_seconds: seconds(settings.recordMs),
      },
      oldest_read: kept?.oldest?.toISOString() ?? null,
      holds_open: kept?.holds ?? 0,
      reads_held: kept?.held ?? 0,
      certificates: state?.certificates ?? 0,
      newest_certificate: state?.newest?.toISOString() ?? null,
      tables_to_rewrite: state?.remains ?? 0,
    };
  }

  /** The newest 50, or those before a position; each with its receipt and one proof for all. */
  @Get('certificates')
  async certificates(@Query('before') before?: string): Promise<JsonObject> {
    if (before !== undefined && !/^\d{1,15}$/.test(before)) {
      throw new ProblemError(problem(400, 'bad_range', '`before` is a position of a certificate'));
    }
    const page = { limit: PAGE, ...(before === undefined ? {} : { before: Number(before) }) };
    const certificates = await readCertificates(this.node.dataSource.manager, page);
    const ids = certificates.map(({ receiptId }) => receiptId);
    const evidence = ids.length === 0 ? null : await ledgerEvidence(this.node.ledger, ids, 0);
    return {
      certificates: certificates.map(({ document, digest, position }) => ({ position, digest, ...document })),
      evidence: evidence as unknown as JsonValue,
    };
  }

  /** A sweep now, after which the pages of deleted rows are rewritten at once. */
  @Post('run')
  @HttpCode(200)
  @Roles('supervisor')
  async run(): Promise<JsonObject> {
    const { certificates, rewritten, failed } = await runRetention(this.node, 'now');
    return { certificates: certificates.map(shown), rewritten: [...rewritten], failed: [...failed] };
  }
}

function shown({ document, digest }: DeletionCertificate): JsonObject {
  return { digest, ...document };
}

function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000;
}
