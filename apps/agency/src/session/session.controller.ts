import { Body, Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { IsString, Matches, MaxLength } from 'class-validator';
import { bearerOf } from './officer.guard.js';
import { LOOPBACK_CALLBACK, OfficerSessions } from './officer-sessions.js';

export class StartSessionBody {
  @Matches(LOOPBACK_CALLBACK)
  redirect_uri: string;
}

export class FinishSessionBody {
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  login_id: string;

  /** The whole address that the provider sent the browser to, with its query. */
  @IsString()
  @MaxLength(4096)
  callback_url: string;
}

export interface StartSessionAnswer {
  readonly login_id: string;
  readonly authorization_url: string;
}

export interface FinishSessionAnswer {
  readonly session_token: string;
  /** An instant in UTC. */
  readonly expires_at: string;
  readonly officer: { readonly pseudonym: string; readonly roles: readonly string[] };
}

/** Sign-in for the command line: it opens the provider's page and listens on a loopback address (RFC 8252). */
@Controller('session')
export class SessionController {
  constructor(@Inject(OfficerSessions) private readonly officers: OfficerSessions) {}

  @Post('start')
  @HttpCode(200)
  async start(@Body() body: StartSessionBody): Promise<StartSessionAnswer> {
    const { loginId, authorizationUrl } = await this.officers.start(body.redirect_uri);
    return { login_id: loginId, authorization_url: authorizationUrl };
  }

  @Post('finish')
  @HttpCode(200)
  async finish(@Body() body: FinishSessionBody): Promise<FinishSessionAnswer> {
    const { sessionToken, session } = await this.officers.finish(body.login_id, body.callback_url);
    return {
      session_token: sessionToken,
      expires_at: new Date(session.expiresAtMs).toISOString(),
      officer: { pseudonym: session.pseudonym, roles: session.roles },
    };
  }

  @Post('end')
  @HttpCode(204)
  async end(@Headers('authorization') authorization: string | undefined): Promise<void> {
    await this.officers.end(bearerOf(authorization));
  }
}
