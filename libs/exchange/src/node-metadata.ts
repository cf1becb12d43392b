import { isJsonObject, type JsonObject, type JsonValue, type PublicKey } from '#protocol';
import type { VerifiedChain } from '#trust';
import { ExchangeError } from './exchange-error.js';
import type { LedgerIdentity } from './verify-evidence.js';

/** What a node states about itself in its entity configuration, for others to reach and check it. */
export interface NodeMetadata {
  readonly name: string;
  /** Base URL without a final slash. */
  readonly endpoint: string;
  readonly ledger: LedgerIdentity;
  readonly witnessVkey: string | undefined;
  readonly providers: readonly ProviderMetadata[];
}

/** An agency's OpenID provider, as far as an owner needs it to check a person's ID token. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly clientId: string;
  readonly jwks: JsonObject;
  readonly acrValues: readonly string[];
}

/** @throws ExchangeError `request_malformed` where a verified entity publishes no ledger or no endpoint */
export function nodeMetadataOf(chain: VerifiedChain): NodeMetadata {
  const { metadata, entityId } = chain;
  const ledger = metadata['ledger'];
  const endpoint = text(metadata['endpoint']);
  const origin = isJsonObject(ledger) ? text(ledger['origin']) : undefined;
  const vkey = isJsonObject(ledger) ? text(ledger['vkey']) : undefined;
  if (endpoint === undefined || origin === undefined || vkey === undefined) {
    throw new ExchangeError('request_malformed', 'the entity publishes no endpoint or no ledger', entityId);
  }
  return {
    name: text(metadata['name']) ?? entityId,
    endpoint: endpoint.replace(/\/$/, ''),
    ledger: { keeper: entityId, origin, vkey, receiptKeys: chain.protocolKeys.signing },
    witnessVkey: text(metadata['witness_vkey']),
    providers: providersOf(metadata['providers']),
  };
}

function providersOf(value: JsonValue | undefined): ProviderMetadata[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((provider) => {
    if (!isJsonObject(provider)) return [];
    const { issuer, client_id: clientId, jwks, acr_values: acrValues } = provider;
    if (typeof issuer !== 'string' || typeof clientId !== 'string' || !isJsonObject(jwks)) return [];
    if (!Array.isArray(acrValues)) return [];
    return [{ issuer, clientId, jwks, acrValues: acrValues.filter((acr) => typeof acr === 'string') }];
  });
}

/** The newest of an entity's encryption keys: the first that it lists. */
export function encryptionKeyOf(chain: VerifiedChain): PublicKey {
  const [key] = chain.protocolKeys.encryption.values();
  if (key === undefined) {
    throw new ExchangeError('request_malformed', 'the entity publishes no encryption key', chain.entityId);
  }
  return key;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
