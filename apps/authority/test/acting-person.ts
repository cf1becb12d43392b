import { newIdentifier, type JsonObject, type SigningKey } from '#protocol';
import { systemRandomness } from '#protocol/io';
import { signAct, type ActKind } from '../src/acts/authority-act.js';
import { ANCHOR } from './example-authority.js';
import { parsed, type RunningAuthority } from './running-authority.js';

export interface ActAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** A person of the example authority who signs and sends. */
export function personOf(authority: RunningAuthority, name: 'one' | 'two' | 'three') {
  const sign = (
    kind: ActKind,
    subject: string,
    details: JsonObject,
    more: { issuer?: string; key?: SigningKey; jti?: string } = {},
  ) =>
    signAct({
      person: name,
      anchor: ANCHOR,
      kind,
      issuer: more.issuer ?? `${ANCHOR}/jurisdictions/or`,
      subject,
      details,
      jti: more.jti ?? newIdentifier(systemRandomness),
      issuedAt: authority.clock.now(),
      key: more.key ?? authority.example.people[name],
    });
  const send = async (act: string): Promise<ActAnswer> => {
    const answer = await authority.post('/authority/acts', JSON.stringify({ act }), 'application/json');
    return { status: answer.status, body: parsed(answer.body) };
  };
  return {
    sign,
    send,
    act: async (...of: Parameters<typeof sign>) => send(await sign(...of)),
  };
}
