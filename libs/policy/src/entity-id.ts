/** ASCII, no user part, query or fragment. Whether the host may be reached is the trust library's question. */
const ENTITY_ID = /^https?:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?(\/[A-Za-z0-9._~-]{1,64}){0,8}$/;

/** Ids are compared code point by code point, so one that only looks like another must not exist (P07). */
export function isEntityId(text: string): boolean {
  return text.length <= 255 && ENTITY_ID.test(text);
}
