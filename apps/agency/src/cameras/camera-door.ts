import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problem, type Clock } from '#protocol';
import { ProblemFilter, type ProblemOf } from '#protocol/io';
import type { ReadStore } from '#reads/io';
import type { Camera } from './camera.js';
import { secretOf } from './camera-secret.js';
import type { Cameras } from './cameras.store.js';
import { PostRate } from './post-rate.js';
import { takeInReads, type TakenIn } from './take-in-reads.js';

/** An event with both its pictures. */
const BODY_BYTES = 6 * 1024 * 1024;
const REJECTIONS_TOLD = 20;

/** One text, whoever is unknown and whatever is wrong. */
const UNAUTHENTICATED = problem(401, 'unauthenticated', 'the camera could not be authenticated');

/**
 * `POST /cameras/:id/reads`: the door of cameras, with body and content types of their own that no other route has. Who it
 * is comes first, from the header alone: of somebody unknown no body is read.
 */
export function openCameraDoor(
  app: NestFastifyApplication,
  node: { readonly reads: ReadStore; readonly cameras: Cameras; readonly clock: Clock },
  problemOf: ProblemOf,
  rate = new PostRate(),
): void {
  const known = new WeakMap<FastifyRequest, Camera>();
  const filter = new ProblemFilter(problemOf);
  void app
    .getHttpAdapter()
    .getInstance()
    .register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      scope.setErrorHandler((error, _request, reply) => filter.answer(error, reply));
      scope.addHook('onRequest', async (request: FastifyRequest<{ Params: { id?: string } }>) => {
        const camera = await node.cameras.authenticate(
          request.params.id ?? '',
          secretOf(request.headers.authorization),
        );
        if (camera === undefined) throw new ProblemError(UNAUTHENTICATED);
        if (!rate.allows(camera.id, node.clock.now())) {
          throw new ProblemError(
            problem(429, 'too_many_requests', 'this camera posts too often', { retryAfterSeconds: 1 }),
          );
        }
        known.set(request, camera);
      });
      scope.post('/cameras/:id/reads', { bodyLimit: BODY_BYTES }, async (request, reply: FastifyReply) => {
        const camera = known.get(request);
        if (camera === undefined) throw new ProblemError(UNAUTHENTICATED);
        const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
        const taken = await takeInReads(camera, { body, contentType: request.headers['content-type'] ?? '' }, node);
        if (taken.isUnreadable) throw new ProblemError(unreadable(camera));
        return reply.header('cache-control', 'no-store').send(shown(taken));
      });
      done();
    });
}

function unreadable(camera: Camera) {
  return problem(422, 'format_mismatch', 'nothing of this can be read', {
    detail: `this camera is registered to write \`${camera.format}\``,
  });
}

function shown({ tally, rejections }: TakenIn) {
  return {
    accepted: tally.accepted,
    already_present: tally.alreadyPresent,
    superseded: tally.superseded,
    passed_over: tally.passedOver,
    rejected: rejections.length,
    rejections: rejections.slice(0, REJECTIONS_TOLD),
  };
}
