import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { parseRule } from '#policy';
import { IsRecord, ProblemError, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { AGENCY_NODE } from './holding.controller.js';
import { simulateRule, type SimulatedRequest } from './simulate-rule.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from './session/index.js';

export class ProposeRuleBody {
  /** The rule document; read strictly by the library of rules, which lists every problem. */
  @IsRecord()
  rule: JsonObject;
}

/** The sharing rule is public; changing it takes two persons. */
@Controller()
export class RulesController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get('rule')
  async current(): Promise<{ rule: string }> {
    const token = await this.node.rules.currentToken();
    if (token === undefined) throw new ProblemError(problem(404, 'no_rule', 'this agency has published no rule'));
    return { rule: token };
  }

  @Get('rules')
  async list(): Promise<{ rules: JsonObject[] }> {
    return { rules: (await this.node.rules.list()).map((version): JsonObject => ({ ...version })) };
  }

  @Post('rules')
  @UseGuards(OfficerGuard)
  @Roles('rule_admin')
  propose(
    @Body() body: ProposeRuleBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<{ version: number; digest: string }> {
    return this.node.rules.propose(body.rule, session.pseudonym);
  }

  /** Changes nothing: what this rule would have said to the requests of the past. */
  @Post('rules/simulation')
  @HttpCode(200)
  @UseGuards(OfficerGuard)
  @Roles('rule_admin')
  async simulate(@Body() body: ProposeRuleBody): Promise<{ requests: SimulatedRequest[] }> {
    return { requests: await simulateRule(parseRule(body.rule), this.node) };
  }

  @Post('rules/:digest/publication')
  @HttpCode(200)
  @UseGuards(OfficerGuard)
  @Roles('rule_admin')
  publish(
    @Param('digest') digest: string,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<{ version: number; digest: string }> {
    return this.node.rules.publish(digest, session.pseudonym);
  }
}
