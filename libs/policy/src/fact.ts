/**
 * What is known about one point of a request. Only a broker holds `sealed`: the fact exists and only the owner opens it.
 * `absent` meets nothing.
 */
export type Fact<T> =
  { readonly state: 'known'; readonly value: T } | { readonly state: 'absent' } | { readonly state: 'sealed' };

export const ABSENT = { state: 'absent' } as const;
export const SEALED = { state: 'sealed' } as const;

export function known<T>(value: T): Fact<T> {
  return { state: 'known', value };
}
