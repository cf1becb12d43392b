import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { DeclareBody, ProblemError, problem, type JsonObject } from '#protocol';
import { parseDeclaration, type UnverifiedDeclaration } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { AGENCY_NODE } from './holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from './session/index.js';

/** Declarations by a supervisor who may bind the agency (Illinois, New Mexico and Maryland ask for one). */
@Controller('declarations')
@UseGuards(OfficerGuard)
@Roles('supervisor')
export class DeclarationsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  async declare(@Body() body: DeclareBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    const { declaration, wording, officer_name: name, officer_title: title, sworn_under: statute } = body;
    const sworn = statute === undefined ? undefined : { statute };
    const declared = { declaration, wording, officer: { name, title }, sworn, lifetimeSeconds: body.lifetime_seconds };
    return shown(await this.node.declarations.declare(declared, session.pseudonym));
  }

  @Get()
  async list(): Promise<{ declarations: JsonObject[] }> {
    return { declarations: (await this.node.declarations.good()).map((token) => shown(parseDeclaration(token))) };
  }

  @Post(':jti/withdrawal')
  @HttpCode(200)
  async withdraw(@Param('jti') jti: string): Promise<{ withdrawn: true }> {
    if (!(await this.node.declarations.withdraw(jti))) {
      throw new ProblemError(problem(404, 'not_found', 'there is no such declaration in force'));
    }
    return { withdrawn: true };
  }
}

function shown(declaration: UnverifiedDeclaration): JsonObject {
  const { jti, declaration: code, wordingDigest, officer, sworn, issuedAt, expiresAt, digest } = declaration;
  return {
    jti,
    declaration: code,
    wording_digest: wordingDigest,
    officer: { name: officer.name, title: officer.title },
    sworn_under: sworn?.statute ?? null,
    issued_at: new Date(issuedAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    digest,
  };
}
