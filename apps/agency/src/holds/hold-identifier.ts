import { newIdentifier, type Randomness } from '#protocol';

/** A person types it: what begins with a dash would be an option of a command. */
export function holdIdentifier(randomness: Randomness): string {
  for (;;) {
    const id = newIdentifier(randomness);
    if (!id.startsWith('-')) return id;
  }
}
