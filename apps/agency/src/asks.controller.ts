import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { narrativeSigns } from '#policy';
import {
  AskStatement,
  IsCompactToken,
  IsRecord,
  LEGAL_PROCESS_DOCUMENTS_MAX,
  LEGAL_PROCESS_DOCUMENT_BYTES,
  ProblemError,
  problem,
  type JsonObject,
  type JsonValue,
  type ReleasedRead,
} from '#protocol';
import { ReadsError, confusables } from '#reads';
import { AGENCY_NODE } from './holding.controller.js';
import type { AgencyNode } from './agency-node.js';
import { approveAsk } from './approve-ask.js';
import type { StoredAsk } from './asks.store.js';
import { disapproveAsk } from './disapprove-ask.js';
import { shownDocument } from './legal-process/own-process.js';
import { openAsk } from './open-ask.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';
import { askForMore } from './paging/ask-for-more.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from './session/index.js';

/** What an officer states. */
export class AskBody extends AskStatement {
  /** By its kind; read strictly by the library of reads. */
  @IsRecord()
  query: JsonObject;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(512, { each: true })
  owners: string[];

  /** Orders and warrants as they were signed: compact tokens. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LEGAL_PROCESS_DOCUMENTS_MAX)
  @IsCompactToken(LEGAL_PROCESS_DOCUMENT_BYTES, { each: true })
  legal_process_documents?: string[];

  /** Of an exception: it goes out at once, and a supervisor approves or disapproves afterwards. */
  @IsOptional()
  @IsBoolean()
  approve_afterwards?: boolean;

  @IsOptional()
  @IsInt()
  @Min(5)
  @Max(900)
  respond_within_seconds?: number;
}

/** Whose next page. */
export class MoreBody {
  @IsOptional()
  @IsString()
  @MaxLength(512)
  owner?: string;
}

/** Why a supervisor disapproves. */
export class DisapprovalBody {
  @IsString()
  @MinLength(1)
  @MaxLength(1000)
  reason: string;
}

/** The pages of an agency's own people: ask, approve, look. */
@Controller('asks')
@UseGuards(OfficerGuard)
export class AsksController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  @Roles('officer')
  async ask(@Body() body: AskBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    try {
      return this.shown(await openAsk(body, session, this.node));
    } catch (error) {
      if (error instanceof ReadsError) throw queryRefused(error);
      throw error;
    }
  }

  @Post(':txn/approval')
  @HttpCode(200)
  @Roles('supervisor')
  async approve(@Param('txn') txn: string, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    return this.shown(await approveAsk(transactionId(txn), session, this.node));
  }

  @Post(':txn/disapproval')
  @HttpCode(200)
  @Roles('supervisor')
  async disapprove(
    @Param('txn') txn: string,
    @Body() body: DisapprovalBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    return this.shown(await disapproveAsk(transactionId(txn), body.reason, session, this.node));
  }

  /** The next page of what one holding agency answered, or of all that have one. */
  @Post(':txn/more')
  @HttpCode(200)
  @Roles('officer')
  async more(
    @Param('txn') txn: string,
    @Body() body: MoreBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    return this.shown(await askForMore(transactionId(txn), body.owner, session, this.node));
  }

  @Get()
  async list(): Promise<{ asks: JsonObject[] }> {
    const asks = await this.node.asks.list(100);
    return { asks: await Promise.all(asks.map((ask) => this.shown(ask))) };
  }

  @Get(':txn')
  async show(@Param('txn') txn: string): Promise<JsonObject> {
    const ask = await this.node.asks.find(transactionId(txn));
    if (ask === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such ask'));
    return this.shown(ask);
  }

  private async shown(ask: StoredAsk): Promise<JsonObject> {
    const requests = await this.node.outgoing.forTransaction(ask.txn);
    const released = requests.flatMap(({ release }) => release ?? []);
    const [received, recalled] =
      released.length === 0
        ? [[], []]
        : [await this.node.received.forTransaction(ask.txn), await this.node.recalls.recalledOwners(released)];
    const names = namesIn(this.node);
    const pagesOf = Map.groupBy(requests, ({ owner }) => owner);
    const readsOf = Map.groupBy(received, ({ owner }) => owner);
    return {
      txn: ask.txn,
      state: ask.state,
      created_at: new Date(ask.createdAtMs).toISOString(),
      ask_digest: ask.askDigest,
      ...(ask.approveAfterwards ? { approval: verdictOn(ask) } : {}),
      ask: ask.ask as unknown as JsonValue as JsonObject,
      legal_process_documents: ask.documents.map(shownDocument),
      reasons: ask.reasons.map((reason): JsonObject => ({ ...reason })),
      // For whoever approves or reviews: what the narrative shows signs of. Nothing is decided by it (P05).
      review: narrativeSigns(ask.ask.narrative).map((sign): JsonObject => ({ ...sign })),
      owners: ask.owners.map(({ owner }) => {
        const pages = pagesOf.get(owner) ?? [];
        const request = pages.at(-1);
        const releases = pages.flatMap(({ release }) => release ?? []);
        const reads = (readsOf.get(owner) ?? []).map(({ read }) => readShown(read));
        const name = names.get(owner);
        return {
          owner,
          ...(name === undefined ? {} : { name }),
          ...(request === undefined ? { state: 'not_asked' } : requestShown(request, pages)),
          ...(releases.some((release) => recalled.includes(release)) ? { recalled: true } : {}),
          reads,
        };
      }),
    };
  }
}

function verdictOn({ approval, disapproved, state }: StoredAsk): string {
  if (approval !== undefined) return 'approved';
  return disapproved !== undefined ? 'disapproved' : state === 'refused_here' ? 'not_needed' : 'owed';
}

/** As their verified metadata says; of whom nothing in force is held there is none. */
function namesIn(node: AgencyNode): ReadonlyMap<string, string> {
  return new Map(
    node.directory.agencies().flatMap(({ entityId, metadata }) => {
      const { name } = metadata;
      return typeof name === 'string' ? [[entityId, name] as const] : [];
    }),
  );
}

/**
 * Nothing of an outcome is shown before its delivery is logged and it was opened. Of several pages the newest says how it
 * stands; what was received is that of all.
 */
function requestShown(request: OutgoingRequest, pages: readonly OutgoingRequest[]): JsonObject {
  const shown = pages.filter((page) => page.shown);
  const sum = (count: (page: OutgoingRequest) => number) => shown.reduce((all, page) => all + count(page), 0);
  const received = {
    warnings: [...new Set(shown.flatMap(({ warnings }) => warnings))],
    read_count: sum(({ readCount }) => readCount),
    dropped_count: sum(({ droppedCount }) => droppedCount),
    pages: shown.length,
    releases: shown.flatMap(({ release }) => release ?? []),
  };
  if (request.state === undefined || !request.shown) {
    return { state: 'asking', attempts: request.attempts, ...(shown.length > 0 ? received : {}) };
  }
  return {
    state: request.state,
    ...(request.outcome === undefined ? {} : { outcome: request.outcome }),
    ...(request.problem === undefined ? {} : { problem: request.problem }),
    reasons: request.reasons.map((reason): JsonObject => ({ ...reason })),
    ...received,
    truncated: request.truncated,
    more: request.nextCursor !== undefined,
    ...(request.obligations === undefined ? {} : { obligations: request.obligations }),
  };
}

/** A read with what its plate is mistaken for: nobody asked about those, and a program has to see them as well as a person. */
function readShown(read: ReleasedRead): JsonObject {
  const lookAlikes = read.plate === undefined ? {} : { look_alikes: confusables(read.plate) };
  return { ...(read as unknown as JsonObject), ...lookAlikes };
}

export function transactionId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) {
    throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  }
  return text;
}

function queryRefused(error: ReadsError): ProblemError {
  return new ProblemError(problem(422, error.code, 'the query is not acceptable', { detail: error.message }));
}
