import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FederationError } from './federation-error.js';

/** Federation endpoints answer in the form of their standard: `{ error, error_description }`. */
@Catch(FederationError)
export class FederationErrorFilter implements ExceptionFilter {
  catch(error: FederationError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Bytes, because a text would leave with a charset added to its media type.
    const body = Buffer.from(JSON.stringify({ error: error.code, error_description: error.message }));
    void reply.status(error.status).type('application/json').header('cache-control', 'no-store').send(body);
  }
}
