import { Body, Controller, Inject, Post, UseGuards } from '@nestjs/common';
import { IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { declaredFields } from '#exchange';
import { IsRecord, ProblemError, messageDigest, newIdentifier, problem, type JsonObject } from '#protocol';
import { TrustError, parseBounds, signWarrantAttestation, type ProcessBounds } from '#trust';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';

const DAY_SECONDS = 24 * 60 * 60;

/** What a supervisor attests for the agency of an order or warrant on paper. */
export class AttestWarrantBody {
  /** base64url SHA-256 of the paper, which stays where it is. */
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  paper: string;

  @IsString()
  @MaxLength(200)
  court: string;

  /** The members that a court's own document has; read by the same reader. */
  @IsRecord()
  bounds: JsonObject;

  @IsInt()
  @Min(60)
  @Max(DAY_SECONDS)
  lifetime_seconds: number;
}

/** The agency's word for a court that signs nothing itself: by a supervisor, for a day at most, on record. */
@Controller('warrant-attestations')
@UseGuards(OfficerGuard)
@Roles('supervisor')
export class WarrantAttestationsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  async attest(
    @Body() body: AttestWarrantBody,
    @CurrentOfficer() session: OfficerSession,
  ): Promise<{ token: string; digest: string }> {
    const { entityId: issuer, signingKey: key, clock, randomness, ledger } = this.node;
    const jti = newIdentifier(randomness);
    const token = await signWarrantAttestation({
      issuer,
      jti,
      paper: body.paper,
      court: body.court,
      bounds: boundsIn(body.bounds),
      issuedAt: clock.now(),
      lifetimeSeconds: body.lifetime_seconds,
      key,
    });
    const digest = messageDigest(token);
    const receiptId = `attested/${jti}`;
    const by = session.pseudonym;
    await this.node.dataSource.transaction(async (manager) => {
      const fields = declaredFields({ agency: issuer, declaration: 'warrant-attestation', digest, by, sworn: false });
      await ledger.append(manager, { receiptId, kind: 'declared', fields });
    });
    await ledger.integrated(receiptId);
    return { token, digest };
  }
}

function boundsIn(value: JsonObject): ProcessBounds {
  try {
    return parseBounds(value);
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    // Says which member is not acceptable, and never what stands in it.
    throw new ProblemError(
      problem(422, 'legal_process_malformed', 'the legal process cannot be attested', { detail: cause.message }),
    );
  }
}
