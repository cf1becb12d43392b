import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ActOnAlertBody, AlertOutcomeBody, ProblemError, VerifyAlertBody, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';
import type { Alert } from './alerts.store.js';
import { showAlert } from './show-alert.js';
import { actOnAlert, reportOutcome, verifyAlert } from './verify-alert.js';

const SHOWN_MAX = 50;

/** What an officer's own program asks of the hits on hot lists: look, verify, act, report. */
@Controller('alerts')
@UseGuards(OfficerGuard)
export class AlertsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get()
  @Roles('officer', 'supervisor')
  async list(@Query('state') state?: string): Promise<{ alerts: JsonObject[] }> {
    const of = STATES.find((known) => known === state);
    if (state !== undefined && of === undefined) {
      throw new ProblemError(problem(400, 'malformed_body', 'there is no such state', { detail: STATES.join(', ') }));
    }
    const alerts = await this.node.alerts.list(of, this.node.clock.now(), SHOWN_MAX);
    return { alerts: await Promise.all(alerts.map((alert) => showAlert(alert, this.node))) };
  }

  /** Hits, what persons saw in them, and what came of them, by list; and which characters cameras take for which. */
  @Get('statistics')
  async statistics(): Promise<JsonObject> {
    const lists: Record<string, Record<string, number>> = {};
    for (const { list, event, times } of await this.node.alerts.counts()) (lists[list] ??= {})[event] = times;
    return { lists, misreads: (await this.node.alerts.misreads()).map((pair): JsonObject => ({ ...pair })) };
  }

  /** This agency looks for it no longer: keys are destroyed, and whoever follows is told at its next alert. */
  @Post('subscriptions/:txn/end')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async end(@Param('txn') txn: string): Promise<{ ended: true }> {
    const standing = UUID.test(txn) ? await this.node.subscriptions.ofTransaction(txn) : [];
    if (standing.length === 0) throw new ProblemError(problem(404, 'not_found', 'there is no such standing request'));
    await this.node.subscriptions.end(txn, 'ended_by_agency');
    return { ended: true };
  }

  @Get(':id')
  @Roles('officer', 'supervisor')
  async show(@Param('id') id: string): Promise<JsonObject> {
    return showAlert(await this.found(id), this.node);
  }

  @Post(':id/verification')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async verify(
    @Param('id') id: string,
    @Body() body: VerifyAlertBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    const { plate, plate_state: plateState, vehicle, still_listed: stillListed } = body.seen;
    const compared = { seen: { plate, plateState, vehicle, stillListed }, image: body.image };
    const result = await verifyAlert(await this.found(id), compared, session.pseudonym, this.node);
    return { result, alert: await this.show(id) };
  }

  @Post(':id/acts')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async act(
    @Param('id') id: string,
    @Body() body: ActOnAlertBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    await actOnAlert(await this.found(id), body.action, session.pseudonym, this.node);
    return this.show(id);
  }

  @Post(':id/outcome')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async outcome(
    @Param('id') id: string,
    @Body() body: AlertOutcomeBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    await reportOutcome(await this.found(id), body.outcome, session.pseudonym, this.node);
    return this.show(id);
  }

  private async found(id: string): Promise<Alert> {
    const alert = UUID.test(id) ? await this.node.alerts.find(id, this.node.clock.now()) : undefined;
    if (alert === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such alert'));
    return alert;
  }
}

const STATES = ['open', 'dismissed', 'withdrawn', 'closed'] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
