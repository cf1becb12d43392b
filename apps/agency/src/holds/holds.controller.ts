import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { PlaceHoldBody, ReadHoldBody, RenewHoldBody, problem, ProblemError, type JsonObject } from '#protocol';
import { isHoldBasis, readsToHold, type HoldScope } from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';
import type { Hold, PendingAct } from './holds.store.js';

/** Preservation holds: one person places, renews or releases, a supervisor who is another person confirms. */
@Controller('holds')
@UseGuards(OfficerGuard)
export class HoldsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get()
  @Roles('officer', 'supervisor')
  async list(): Promise<{ holds: JsonObject[] }> {
    return { holds: (await this.node.holds.list()).map(shown) };
  }

  @Post()
  @Roles('officer', 'supervisor')
  async place(@Body() body: PlaceHoldBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    const { basis, statute, case_number: caseNumber, sworn_digest: digest, sworn_by: by } = body;
    if (!isHoldBasis(basis)) throw new ProblemError(problem(422, 'hold_refused', 'there is no such basis of a hold'));
    if ((digest === undefined) !== (by === undefined)) {
      throw new ProblemError(problem(422, 'hold_refused', 'a sworn statement has a digest and a person who swore it'));
    }
    const sworn = digest === undefined || by === undefined ? undefined : { digest, by };
    const stated = { basis, statute, caseNumber, sworn, scope: scopeOf(body) };
    return shown(await this.node.holds.place(stated, session));
  }

  @Post(':id/renewal')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async renew(
    @Param('id') id: string,
    @Body() body: RenewHoldBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    return shown(await this.node.holds.renew(holdId(id), body.sworn_digest, session));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async release(@Param('id') id: string, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    return shown(await this.node.holds.release(holdId(id), session));
  }

  @Post(':id/confirmation/:act')
  @HttpCode(200)
  @Roles('supervisor')
  async confirm(
    @Param('id') id: string,
    @Param('act') act: string,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<JsonObject> {
    return shown(await this.node.holds.confirm(holdId(id), pendingAct(act), session));
  }

  /** The one door to what a hold preserves; a body, because an address ends in logs. */
  @Post(':id/reads')
  @HttpCode(200)
  @Roles('officer', 'supervisor')
  async read(
    @Param('id') id: string,
    @Body() body: ReadHoldBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<{ reads: JsonObject[] }> {
    const reads = await this.node.holds.read(holdId(id), body.case_number, session);
    return { reads: reads.map(({ read }) => read as JsonObject) };
  }
}

function scopeOf(body: PlaceHoldBody): HoldScope {
  const { release_owner: owner, release_digest: release, plates = [], devices = [], from, until } = body;
  if (owner !== undefined && release !== undefined) {
    if (plates.length + devices.length > 0) {
      throw new ProblemError(
        problem(422, 'hold_scope_invalid', 'a hold is on reads of this agency, or on one release'),
      );
    }
    return { kind: 'release', owner, release };
  }
  return readsToHold({ plates, devices, from: from ?? '', until: until ?? '' });
}

function pendingAct(text: string): PendingAct {
  if (text === 'place' || text === 'renew' || text === 'release') return text;
  throw new ProblemError(problem(404, 'not_found', 'there is no such act on a hold'));
}

function holdId(text: string): string {
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(text)) throw new ProblemError(problem(404, 'not_found', 'there is no such hold'));
  return text;
}

function shown(hold: Hold): JsonObject {
  const { scope } = hold;
  return {
    hold: hold.id,
    basis: hold.basis,
    statute: hold.statute,
    state: hold.state,
    case_number: hold.caseNumber ?? null,
    sworn: hold.sworn === undefined ? null : { digest: hold.sworn.digest, by: hold.sworn.by },
    scope:
      scope === undefined
        ? null
        : scope.kind === 'release'
          ? { owner: scope.owner, release: scope.release }
          : {
              plates: [...scope.plates],
              devices: [...scope.devices],
              from: new Date(scope.from).toISOString(),
              until: new Date(scope.until).toISOString(),
            },
    placed_at: new Date(hold.placedAt).toISOString(),
    placed_by: hold.placedBy,
    approved_by: hold.approvedBy ?? null,
    expires_at: new Date(hold.expiresAt).toISOString(),
    renewals: hold.renewals,
    waits_for: hold.pending?.act ?? null,
    ended: hold.ended === undefined ? null : { at: new Date(hold.ended.at).toISOString(), reason: hold.ended.reason },
  };
}
