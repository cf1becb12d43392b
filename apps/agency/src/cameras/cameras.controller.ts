import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { IsIn, IsLatitude, IsLongitude, IsNumber, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ProblemError, problem, type JsonObject } from '#protocol';
import {
  CAMERA_OWNER_CLASSES,
  checkTimeZone,
  FORMAT_NAMES,
  isName,
  ReadsError,
  type CameraOwnerClass,
  type FormatName,
} from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';
import type { CameraRegistration, CameraStatus } from './camera.js';

export class RegisterCameraBody {
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/)
  id: string;

  @IsIn(FORMAT_NAMES)
  format: FormatName;

  @IsIn(CAMERA_OWNER_CLASSES)
  owner_class: CameraOwnerClass;

  /** The camera's name in every read. */
  @IsString()
  @MaxLength(100)
  device: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  time_zone?: string;

  @IsOptional()
  @IsNumber()
  @IsLatitude()
  lat?: number;

  @IsOptional()
  @IsNumber()
  @IsLongitude()
  lon?: number;

  /** The camera's name in its own messages. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  named?: string;
}

/** Who may register cameras and see how they do: the same persons who keep the rule, since a rule may tell owners apart. */
@Controller('cameras')
@UseGuards(OfficerGuard)
@Roles('rule_admin')
export class CamerasController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  async register(@Body() body: RegisterCameraBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    const registration = registrationOf(body);
    const secret = await this.node.cameras.register(registration, session.pseudonym);
    return this.told(registration.id, secret);
  }

  @Get()
  async list(): Promise<{ cameras: JsonObject[] }> {
    return { cameras: (await this.node.cameras.list()).map(shown) };
  }

  @Post(':id/secret')
  @HttpCode(200)
  async renew(@Param('id') id: string, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    return this.told(id, await this.node.cameras.renewSecret(id, session.pseudonym));
  }

  @Post(':id/revocation')
  @HttpCode(200)
  async revoke(@Param('id') id: string, @CurrentOfficer() session: OfficerSession): Promise<{ revoked: true }> {
    await this.node.cameras.revoke(id, session.pseudonym);
    return { revoked: true };
  }

  private told(id: string, secret: string): JsonObject {
    return { id, url: `${this.node.entityId}/cameras/${id}/reads`, secret };
  }
}

/** @throws ProblemError 400 for what a decorator cannot see */
function registrationOf(body: RegisterCameraBody): CameraRegistration {
  const { id, format, owner_class: ownerClass, device, time_zone: timeZone, lat, lon, named } = body;
  if (!isName(device)) throw malformed('device is 1 to 100 printable characters');
  if (named !== undefined && !isName(named)) throw malformed('named is 1 to 100 printable characters');
  if ((lat === undefined) !== (lon === undefined)) throw malformed('a place is lat and lon');
  if (lat === 0 && lon === 0) throw malformed('0,0 is no place of a camera');
  if (timeZone !== undefined) refuseUnknownZone(timeZone);
  const location = lat === undefined || lon === undefined ? undefined : { lat, lon };
  return { id, format, ownerClass, device, timeZone, location, named };
}

function refuseUnknownZone(timeZone: string): void {
  try {
    checkTimeZone(timeZone);
  } catch (error) {
    if (error instanceof ReadsError) throw malformed('time_zone is no IANA name, such as America/Los_Angeles');
    throw error;
  }
}

function malformed(detail: string): ProblemError {
  return new ProblemError(problem(400, 'malformed_body', 'the body is not acceptable', { detail }));
}

function shown({ camera, tally, postedAt, readAt, rejectedAt, rejectedBecause }: CameraStatus): JsonObject {
  return {
    id: camera.id,
    format: camera.format,
    owner_class: camera.ownerClass,
    device: camera.device,
    time_zone: camera.timeZone ?? null,
    location: camera.location === undefined ? null : { lat: camera.location.lat, lon: camera.location.lon },
    named: camera.named ?? null,
    registered_at: instant(camera.registeredAt),
    secret_since: instant(camera.secretSince),
    revoked_at: instant(camera.revokedAt),
    posted_at: instant(postedAt),
    read_at: instant(readAt),
    rejected_at: instant(rejectedAt),
    rejected_because: rejectedBecause ?? null,
    accepted: tally.accepted,
    already_present: tally.alreadyPresent,
    superseded: tally.superseded,
    passed_over: tally.passedOver,
    rejected: { ...tally.rejected },
  };
}

function instant(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
