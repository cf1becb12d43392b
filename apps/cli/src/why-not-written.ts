/** In words, why a new file or folder could not be made. */
export function whyNotWritten(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EEXIST') return 'it exists already, and nothing is overwritten';
  return code === 'ENOENT' ? 'the folder that it belongs in does not exist' : 'nothing may be written there';
}
