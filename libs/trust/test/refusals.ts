import type { JsonObject } from '#protocol';
import { TrustError } from '../src/index.js';

/** The code with which `work` refuses; `accepted` where it does not. Anything but a `TrustError` is a defect and is thrown. */
export async function refusalCode(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** Claims of a token as they were signed. */
export function claimsIn(token: string): JsonObject {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JsonObject;
}
