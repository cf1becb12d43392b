import { ArrayNotEmpty, IsArray, IsOptional, Matches } from 'class-validator';
import type { ClientMetadata } from 'oidc-provider';

/** RFC 8252 §7.3: the loopback address by number, never a name that a hosts file can move. */
const LOOPBACK_REDIRECT = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::[1-9][0-9]{0,4})?\/[A-Za-z0-9/_-]*$/;

/** One entry of the clients file: an agency's node. */
export class Client {
  @Matches(/^[A-Za-z0-9._-]{1,64}$/)
  client_id: string;

  /** Shown on the sign-in page. */
  @Matches(/^[\x20-\x7e]{1,80}$/)
  client_name: string;

  /** A public client (PKCE alone) where it is left out. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{32,200}$/)
  client_secret?: string;

  /** Loopback addresses; the port of a request may differ from the one here (RFC 8252 §7.3). */
  @IsArray()
  @ArrayNotEmpty()
  @Matches(LOOPBACK_REDIRECT, { each: true })
  redirect_uris: string[];
}

export function clientProblems(clients: readonly Client[]): string[] {
  const ids = clients.map((client) => client.client_id);
  return ids.flatMap((id, index) => (ids.indexOf(id) < index ? [`clients[${index}]: client_id is used twice`] : []));
}

/** `native` is what makes the provider accept any loopback port. */
export function clientMetadata(client: Client, idTokenAlgorithm: 'ES256' | 'Ed25519'): ClientMetadata {
  return {
    client_id: client.client_id,
    client_name: client.client_name,
    ...(client.client_secret === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { client_secret: client.client_secret, token_endpoint_auth_method: 'client_secret_basic' }),
    application_type: 'native',
    redirect_uris: client.redirect_uris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: idTokenAlgorithm,
    require_auth_time: true,
  };
}
