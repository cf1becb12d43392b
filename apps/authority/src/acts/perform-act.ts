import { keySetFrom, parseMessage, ProtocolError, type JsonObject } from '#protocol';
import type { AgreementDesk } from '../agreements/agreement-desk.js';
import { attestedFrom, type AttestedProtection } from '../attested-protection.js';
import { vetRequest } from '../enrolment/vet-request.js';
import type { EnrolmentStore } from '../enrolment/enrolment.store.js';
import type { RecordedEvent } from '../event-feed.js';
import type { RegisterChanges } from '../register-changes.js';
import { RegisterRefusal } from '../register-refusal.js';
import { AttestedEntry } from '../register-shapes.js';
import type { Perform, Performance } from './acts-desk.js';
import type { ActsStore } from './acts.store.js';

export interface ActParts {
  readonly anchor: string;
  readonly changes: RegisterChanges;
  readonly acts: ActsStore;
  readonly enrolments: EnrolmentStore;
  readonly agreements: AgreementDesk;
}

/** One line for each kind of act. */
export function performWith(parts: ActParts): Perform {
  const { changes, acts, agreements } = parts;
  return async (act, performance) => {
    const { subject } = act;
    switch (act.kind) {
      case 'suspend':
        return told(await changes.suspend(performance, subject, act.details.reason));
      case 'reinstate':
        return told(await changes.reinstate(performance, subject, act.details.reason));
      case 'withdraw':
        return told(await changes.withdraw(performance, subject, act.details.reason));
      case 'attest':
        return told(
          await changes.issueMark(performance, attested(act.details.protection, subject, parts.anchor, performance)),
        );
      case 'revoke-mark':
        return told(await changes.revokeMark(performance, subject, act.details.mark_type, act.details.reason));
      case 'withdraw-key':
        return told(await changes.withdrawKey(performance, subject, act.details.kid, act.details.reason));
      case 'restate':
        return told(await changes.restate(performance, subject, act.details.stated, act.details.reason));
      case 'vet': {
        const { state, approvals, events } = await vetRequest(act.details, performance, {
          store: parts.enrolments,
          changes,
        });
        return { result: { request: act.details.request, state, approvals }, events };
      }
      case 'add-person':
        return addPerson(acts, act.details, performance);
      case 'withdraw-person':
        if (!(await acts.withdrawPerson(performance.manager, act.details.name, performance.at))) {
          throw new RegisterRefusal('act_refused', 'two persons at least have to stay');
        }
        return { result: { withdrawn: act.details.name }, events: [] };
      case 'import-287g':
        return agreements.take(act.details, performance);
      case 'confirm':
      case 'refuse':
        throw new RegisterRefusal('act_refused', 'a decision about a proposal is no proposal');
    }
  };
}

function told(event: RecordedEvent): { result: JsonObject; events: readonly RecordedEvent[] } {
  return { result: { event: event.digest, issuer: event.issuer, sequence: event.sequence }, events: [event] };
}

function attested(value: JsonObject, subject: string, anchor: string, { authority }: Performance): AttestedProtection {
  try {
    const about = { anchor, issuer: authority.entityId, subject };
    const read = attestedFrom(parseMessage(AttestedEntry, value), value, about);
    if (typeof read !== 'string') return read;
    throw new RegisterRefusal('act_refused', read);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RegisterRefusal('act_refused', cause.message, { cause });
  }
}

async function addPerson(
  acts: ActsStore,
  person: { readonly name: string; readonly jwk: JsonObject },
  { manager, at }: Performance,
): ReturnType<Perform> {
  const keys = await keySetFrom({ keys: [person.jwk] }, 'sig').catch((cause: unknown) => {
    throw new RegisterRefusal('keys_refused', 'the key is not acceptable', { cause });
  });
  if (keys.size !== 1) throw new RegisterRefusal('keys_refused', 'it is no key that signs');
  const [taken] = await manager.query<unknown[]>(
    `select 1 from authority_person where name = $1 or kid = $2
     union all select 1 from federation_key where kid = $2`,
    [person.name, person.jwk['kid']],
  );
  if (taken) throw new RegisterRefusal('key_reused', 'the name or the key is, or was, somebody’s already');
  await acts.addPerson(manager, { name: person.name, jwk: person.jwk }, at);
  return { result: { person: person.name }, events: [] };
}
