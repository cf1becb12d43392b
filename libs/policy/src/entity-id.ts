/** ASCII, no user part, query or fragment. Whether the host may be reached is the trust library's question. */
export const ENTITY_ID = /^https?:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?(\/[A-Za-z0-9._~-]{1,64}){0,8}$/;
export const MAX_ENTITY_ID = 255;

/** Ids are compared code point by code point, so one that only looks like another must not exist (P07). */
export function isEntityId(text: string): boolean {
  return text.length <= MAX_ENTITY_ID && ENTITY_ID.test(text);
}
