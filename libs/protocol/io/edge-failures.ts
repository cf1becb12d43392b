import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_MEDIA_TYPE, ProblemError, problem, type Problem } from '../src/index.js';
import { sendProblem } from './problem-filter.js';
import { problemOfStatus } from './problem-of-failure.js';

const MALFORMED = problem(400, 'malformed_request', 'the request is not acceptable');
const REPEATED = { ...MALFORMED, detail: 'a parameter or a header field is repeated' };
const INHERITED = { ...MALFORMED, detail: 'a parameter has a name that every object has' };

/** An address that the router cannot read. Fastify's own answer repeats it, and a plate may be in it. */
export function answerUnroutable(error: Error & { statusCode?: number }, _: FastifyRequest, reply: FastifyReply): void {
  sendProblem(reply, error.statusCode === 414 ? problemOfStatus(414) : MALFORMED);
}

/** What is not HTTP, or too slow or too long in its header: there is no request yet, only a socket. */
export function answerBrokenClient(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawAnswer(problemOfClientError(error.code)));
  socket.destroy(error);
}

function problemOfClientError(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problemOfStatus(408);
  return code === 'HPE_HEADER_OVERFLOW' ? problemOfStatus(431) : MALFORMED;
}

function rawAnswer(answer: Problem): string {
  const body = JSON.stringify(answer);
  return [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

// Node joins or drops what is repeated, and Fastify makes a list of it: two readers would see two requests (W29).
const SINGLE_FIELDS = new Set(['authorization', 'content-type', 'host', 'traceparent']);

/**
 * @param repeatable parameters that a standard lets come several times
 * @throws ProblemError `malformed_request` where a query parameter, or a field that decides, is there twice, or a parameter
 *   has a name that class-validator takes for declared (`toString`; W04)
 */
export function refuseAmbiguous(request: FastifyRequest, repeatable: readonly string[]): void {
  const names = request.raw.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const repeated = names.some((name, at) => SINGLE_FIELDS.has(name) && names.indexOf(name) !== at);
  const query = Object.entries(request.query ?? {});
  if (query.some(([name]) => name in Object.prototype)) throw new ProblemError(INHERITED);
  if (repeated || query.some(([name, value]) => Array.isArray(value) && !repeatable.includes(name)))
    throw new ProblemError(REPEATED);
}
