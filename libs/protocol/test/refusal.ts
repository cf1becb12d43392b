import { ProtocolError, type ProtocolErrorCode } from '#protocol';

/** What a refusal says to everyone (`code`, `message`) and to the log alone (`detail`). */
export interface Refusal {
  readonly code: ProtocolErrorCode | 'accepted';
  readonly detail?: string | undefined;
  readonly message?: string;
}

/** How `work` was refused; anything but a refusal of this library is thrown on. */
export async function refusalOf(work: () => unknown): Promise<Refusal> {
  try {
    await work();
    return { code: 'accepted' };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { code: error.code, detail: error.detail, message: error.message };
  }
}

/** The one text of every failure of authenticity. */
export const AUTHENTICITY_TEXT = 'the message could not be authenticated';

export const tokenRefusal = (detail: string): Refusal => ({
  code: 'token_invalid',
  detail,
  message: AUTHENTICITY_TEXT,
});
