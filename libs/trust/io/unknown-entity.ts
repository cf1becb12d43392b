import { TrustError } from '../src/index.js';

export function unknownEntity(entityId: string | undefined): TrustError {
  return new TrustError('entity_unknown', 'nothing in force is held of this entity', { entityId });
}
