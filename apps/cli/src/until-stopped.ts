/** Ends when somebody stops the program by SIGINT or SIGTERM, so that what it started can be closed. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
