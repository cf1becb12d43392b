/** Why a change of the register is refused. Stable: commands and tests name them. */
export type RegisterRefusalCode =
  | 'already_enrolled'
  | 'not_enrolled'
  | 'not_a_subordinate'
  | 'not_active'
  | 'not_suspended'
  | 'not_the_issuer'
  | 'no_such_mark'
  | 'no_such_key'
  | 'key_reused'
  | 'last_key'
  | 'keys_refused'
  | 'possession_not_proven'
  | 'request_refused'
  | 'no_such_request'
  | 'too_many_requests'
  | 'not_a_person'
  | 'same_person'
  | 'no_such_act'
  | 'act_not_proposed'
  | 'act_replayed'
  | 'act_refused'
  | 'import_changed';

/** A change that is not made. `message` is public: everything an authority holds is, but its keys. */
export class RegisterRefusal extends Error {
  override readonly name = 'RegisterRefusal';

  constructor(
    readonly code: RegisterRefusalCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
