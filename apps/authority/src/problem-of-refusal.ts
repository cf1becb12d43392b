import { problem, type Problem } from '#protocol';
import type { RegisterRefusal, RegisterRefusalCode } from './register-refusal.js';

/** Status of each refusal, in one table. */
const STATUS: Readonly<Record<RegisterRefusalCode, number>> = {
  already_enrolled: 409,
  not_enrolled: 404,
  not_a_subordinate: 422,
  not_active: 409,
  not_suspended: 409,
  not_the_issuer: 422,
  no_such_mark: 404,
  no_such_key: 404,
  key_reused: 409,
  last_key: 409,
  keys_refused: 422,
  possession_not_proven: 401,
  request_refused: 422,
  no_such_request: 404,
  too_many_requests: 503,
  not_a_person: 401,
  same_person: 403,
  no_such_act: 404,
  act_not_proposed: 409,
  act_replayed: 409,
  act_refused: 422,
  import_changed: 409,
};

export function problemOfRefusal({ code, message }: RegisterRefusal): Problem {
  const status = STATUS[code];
  return problem(status, code, message, status === 503 ? { retryAfterSeconds: 60 } : {});
}
