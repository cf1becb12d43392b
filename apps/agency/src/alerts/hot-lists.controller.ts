import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import { VOCABULARY } from '#policy';
import {
  BeginHotListImportBody,
  CompleteHotListImportBody,
  HotListEntriesBody,
  ProblemError,
  RemoveEntryBody,
  TypeInEntryBody,
  newTransactionId,
  problem,
  type JsonObject,
} from '#protocol';
import { formatInstant, isListName, parseInstant } from '#reads';
import { entryJson, type Counts, type HotListImport } from '#reads/io';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';
import { completeImport, removeEntry, stageEntries, typeIn } from './import-hot-list.js';
import { ownPermit } from './own-permit.js';

const PAGE = 200;

/** The agency's lists of wanted plates. A supervisor brings them in; an officer types in what a shift needs. */
@Controller('hot-lists')
@UseGuards(OfficerGuard)
export class HotListsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get()
  async status(): Promise<JsonObject> {
    const permit = await ownPermit(this.node);
    const lists = await this.node.hotLists.status(permit);
    return {
      max_list_age_hours: permit.maxAgeHours,
      lists: lists.map(({ refreshedAt, bySource, ...status }): JsonObject => {
        return { ...status, refreshed_at: formatInstant(refreshedAt), by_source: { ...bySource } };
      }),
    };
  }

  /** Which sources may be listed here, and by which rule or law others may not: for whoever prepares a file. */
  @Get('sources')
  async sources(): Promise<{ sources: JsonObject[] }> {
    const permit = await ownPermit(this.node);
    return {
      sources: [...VOCABULARY.hotListSources.keys()].map((id): JsonObject => {
        const verdict = permit.of(id);
        if (verdict === 'permitted') return { source: id, permitted: true };
        const because = verdict === 'unknown' ? { code: 'unknown' } : { ...verdict };
        return { source: id, permitted: false, because };
      }),
    };
  }

  @Get(':list/entries')
  @Roles('officer', 'supervisor')
  async entries(@Param('list') list: string, @Query('after') after?: string): Promise<{ entries: JsonObject[] }> {
    if (!isListName(list)) throw notFound();
    const entries = await this.node.hotLists.entries(list, after ?? '', PAGE);
    return { entries: entries.map(entryJson) };
  }

  @Post('imports')
  @Roles('supervisor')
  async begin(
    @Body() body: BeginHotListImportBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<{ import: string }> {
    const id = newTransactionId(this.node.randomness);
    const { list, mode, format, compiled_at: compiledAt } = body;
    await this.node.hotListImports.begin({
      id,
      list,
      mode,
      format,
      compiledAt: parseInstant(compiledAt),
      by: session.pseudonym,
    });
    return { import: id };
  }

  @Post('imports/:id/entries')
  @HttpCode(200)
  @Roles('supervisor')
  async add(
    @Param('id') id: string,
    @Body() body: HotListEntriesBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    const { staged, refused, rejected } = await stageEntries(await this.running(id, session), body.entries, this.node);
    return { staged, refused: { ...refused }, rejected: rejected.map((each): JsonObject => ({ ...each })) };
  }

  @Post('imports/:id/completion')
  @HttpCode(200)
  @Roles('supervisor')
  async complete(
    @Param('id') id: string,
    @Body() body: CompleteHotListImportBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    const of = await this.running(id, session);
    const input = { digest: body.digest, refused: countsFrom(body.refused) };
    const { bySource, gone, withdrawn, refused, rejected } = await completeImport(of, input, this.node);
    return {
      list: of.list,
      by_source: { ...bySource },
      gone: gone.length,
      alerts_withdrawn: withdrawn,
      refused: { ...refused },
      rejected: { ...rejected },
    };
  }

  @Post('manual/entries')
  @Roles('officer', 'supervisor')
  async typeIn(@Body() body: TypeInEntryBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    return entryJson(await typeIn(body.entry, session.pseudonym, this.node));
  }

  @Post('removals')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async remove(@Body() body: RemoveEntryBody): Promise<{ removed: true }> {
    if (!(await removeEntry(body.list, body.record, this.node))) throw notFound();
    return { removed: true };
  }

  /** An import is its person's own, and ends with its completion. */
  private async running(id: string, session: OfficerSession): Promise<HotListImport> {
    const found = /^[0-9a-f-]{36}$/.test(id) ? await this.node.hotListImports.find(id) : undefined;
    if (found === undefined || found.completed || found.by !== session.pseudonym) throw notFound();
    return found;
  }
}

function countsFrom(stated: JsonObject): Counts {
  const known = Object.entries(stated).every(
    ([code, times]) => VOCABULARY.hotListSources.has(code) && Number.isSafeInteger(times) && Number(times) > 0,
  );
  if (known) return stated as Counts;
  throw new ProblemError(
    problem(400, 'malformed_body', 'the counts of what was left out are by source', { detail: '`refused` fails' }),
  );
}

function notFound(): ProblemError {
  return new ProblemError(problem(404, 'not_found', 'there is no such list, import or entry'));
}
