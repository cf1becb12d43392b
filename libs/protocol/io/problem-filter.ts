import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROBLEM_MEDIA_TYPE, ProtocolError, problem, type Problem } from '../src/index.js';
import { problemOfFailure, type ProblemOf } from './problem-of-failure.js';

/** Turns every failure into a problem document. Nothing of an unknown error leaves: its text may hold anything (W26). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  constructor(private readonly problemOf: ProblemOf) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<FastifyReply>());
  }

  /** For routes that stand beside Nest's. */
  answer(error: unknown, reply: FastifyReply): void {
    sendProblem(reply, this.problemOf(error) ?? problemOfFailure(error) ?? this.unknown(error));
  }

  private unknown(error: unknown): Problem {
    this.logger.error(`unexpected failure: ${traceOf(error)}`);
    return problem(500, 'internal', 'something failed here; the operator can find it in the log');
  }
}

export function sendProblem(reply: FastifyReply, answer: Problem): void {
  const { retryAfterSeconds, ...body } = answer;
  void reply.status(body.status).type(PROBLEM_MEDIA_TYPE).header('cache-control', 'no-store');
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  void reply.send(JSON.stringify(body));
}

/** Where it failed, without the message: a database error's message may quote a row. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an error object';
  // Our own messages never hold what was sent.
  const what = error instanceof ProtocolError ? `${error.name} ${error.message}` : error.name;
  return [what, ...framesOf(error)].join(' | ');
}

/**
 * The message is cut out of the stack first: a line of it may begin with `at` and pass for a frame (W15). Where it cannot
 * be found, because it was changed after the error was made, there are no frames to trust.
 */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  if (start < 0) return [];
  const lines = stack.slice(start + error.message.length).split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .slice(0, 6);
}
