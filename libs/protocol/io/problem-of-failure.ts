import { HttpException } from '@nestjs/common';
import { ProblemError, ProtocolError, problem, type Problem } from '../src/index.js';

/** The problem for an error that an app knows, or `undefined`. */
export type ProblemOf = (error: unknown) => Problem | undefined;

/** What every app answers to the failures of #protocol, Nest and Fastify; `undefined` for all others. */
export function problemOfFailure(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ProtocolError) return problemOfProtocol(error);
  if (error instanceof HttpException) return problemOfStatus(error.getStatus(), validationDetail(error));
  // Fastify's own refusals (413, 415, 408, 503 ...) carry a status code and no Nest class.
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  const refused = typeof status === 'number' && ((status >= 400 && status < 500) || status === 503);
  return refused ? problemOfStatus(status) : undefined;
}

function problemOfProtocol(error: ProtocolError): Problem | undefined {
  switch (error.code) {
    case 'malformed_body':
      return problemOfStatus(400, error.message);
    case 'malformed_json':
    case 'malformed_base64url':
      return problem(400, error.code, error.message);
    case 'too_large':
      return problem(413, error.code, error.message);
    case 'token_invalid':
    case 'key_refused':
      return problem(401, 'token_invalid', 'the message could not be authenticated');
    case 'cannot_open':
      return problem(422, error.code, error.message);
    case 'not_found':
      return problem(404, error.code, error.message);
    case 'conflict':
      return problem(409, error.code, error.message);
    case 'network_failed':
      return problem(502, error.code, error.message);
    case 'unavailable':
      return problem(503, error.code, error.message, { retryAfterSeconds: 2 });
    case 'configuration':
      return undefined;
  }
}

const TITLES: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['malformed_body', 'the body is not acceptable'],
  401: ['unauthenticated', 'a session is needed'],
  403: ['forbidden', 'this session may not do that'],
  404: ['not_found', 'there is nothing here, or it is not yours'],
  405: ['method_not_allowed', 'the method is not allowed here'],
  408: ['timeout', 'the request took too long'],
  409: ['conflict', 'the request conflicts with what is there'],
  413: ['too_large', 'the body is too large'],
  414: ['too_large', 'the address is too long'],
  415: ['unsupported_media_type', 'only application/json is read here'],
  429: ['too_many_requests', 'too many requests'],
  431: ['too_large', 'the header fields are too large'],
  503: ['unavailable', 'not available at the moment'],
};

export function problemOfStatus(status: number, detail?: string): Problem {
  const [code, title] = TITLES[status] ?? ['refused', 'the request is refused'];
  return problem(status, code, title, {
    ...(detail === undefined ? {} : { detail }),
    ...(status === 503 || status === 429 ? { retryAfterSeconds: 2 } : {}),
  });
}

/** class-validator's texts name members and rules; the values themselves are switched off. */
function validationDetail(error: HttpException): string | undefined {
  const body = error.getResponse();
  if (error.getStatus() !== 400 || typeof body !== 'object' || !('message' in body)) return undefined;
  const texts = Array.isArray(body.message) ? body.message.filter((text) => typeof text === 'string') : [];
  // A name that no class declares is the sender's text: it may be a plate.
  const named = texts.map((text) => text.replace(/\bproperty [^]* should not exist$/, 'an unknown member'));
  const plain = named.filter((text) => /^[\w .,$()/:'-]{1,200}$/.test(text));
  return plain.length > 0 ? plain.slice(0, 20).join('; ') : undefined;
}
