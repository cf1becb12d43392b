import {
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { OfficerSessions } from './officer-sessions.js';
import { notSignedIn, SessionError } from './session-error.js';
import type { OfficerSession } from './session-store.js';
import type { OfficerRole } from './verify-id-token.js';

const ROLES = Symbol('roles');

/** Who may use a route or a controller; one of the roles is enough. Without it any signed-in person may. */
export const Roles = (...roles: [OfficerRole, ...OfficerRole[]]) => SetMetadata(ROLES, roles);

/** The session that the guard found, by request: nothing a client sends can end up here. */
const sessions = new WeakMap<object, OfficerSession>();

/** The session of a request that passed `OfficerGuard`. */
export const CurrentOfficer = createParamDecorator((_data: unknown, context: ExecutionContext): OfficerSession => {
  const session = sessions.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (session === undefined) throw notSignedIn('the route has no guard');
  return session;
});

/**
 * Lets a request pass only with `Authorization: Bearer` of a live session. A header, never a cookie: a page of another
 * site cannot make a browser send it (W18).
 */
@Injectable()
export class OfficerGuard implements CanActivate {
  constructor(
    @Inject(OfficerSessions) private readonly officers: OfficerSessions,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const session = await this.officers.authenticate(bearerOf(request.headers.authorization));
    const roles = this.reflector.getAllAndOverride<OfficerRole[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (roles !== undefined && !roles.some((role) => session.roles.includes(role))) {
      throw new SessionError('role_missing', `one of ${roles.join(', ')} is needed`);
    }
    sessions.set(request, session);
    return true;
  }
}

/** RFC 6750 §2.1. */
export function bearerOf(header: string | undefined): string {
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw notSignedIn('no bearer token');
  return token;
}
