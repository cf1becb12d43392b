import { Body, Controller, Get, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { Matches, MaxLength } from 'class-validator';
import { refusedMarksDocument } from '#exchange/io';
import { ProblemError, problem, type JsonObject } from '#protocol';
import { TrustError } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { AGENCY_NODE } from './holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from './session/index.js';

export class EndQuarantineBody {
  @MaxLength(255)
  issuer: string;

  @MaxLength(64)
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  protection: string;

  /** Everybody reads it. */
  @MaxLength(500)
  @Matches(/^[^\p{Cc}]+$/u)
  reason: string;
}

/** Marks that this node was shown and does not believe, and attestors in quarantine: public, as everything about trust. */
@Controller('register')
export class RefusedMarksController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get('refused-marks')
  list(): Promise<JsonObject> {
    return refusedMarksDocument(this.node.directory);
  }

  /** One person proposes, another one ends it: it widens whom this node believes (law 7). */
  @Post('quarantine-ends')
  @HttpCode(200)
  @UseGuards(OfficerGuard)
  @Roles('rule_admin')
  async end(@Body() body: EndQuarantineBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    const { issuer, protection, reason } = body;
    try {
      const wish = { issuer, protection, reason, person: session.pseudonym };
      return { issuer, protection, state: await this.node.directory.refusedMarks.end(wish) };
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      const { code, message } = error;
      if (code === 'same_person') throw new ProblemError(problem(403, code, message), { cause: error });
      if (code === 'quarantine_unknown') throw new ProblemError(problem(404, code, message), { cause: error });
      throw error;
    }
  }
}
