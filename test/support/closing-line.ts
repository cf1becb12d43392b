import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with the plain line `N passed, N failed, N skipped`, which continuous integration counts, and names before it
 * every test that failed, with what it said, and every test that failed first and passed when it was tried again: a race in
 * the test or in what it tests, to be mended. Whoever reads the end of a long log needs nothing above it.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(testModules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const unsteady: string[] = [];
    const failed: string[] = [];
    for (const module of testModules) {
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        count[state] += 1;
        if (state === 'failed') {
          failed.push(
            `${module.relativeModuleId} > ${test.fullName}`,
            ...errors.map(({ message }) => indented(message)),
          );
        }
        if (test.diagnostic()?.flaky === true) unsteady.push(`${module.relativeModuleId} > ${test.fullName}`);
      }
      // A file that does not load has no test to count, and is a failure all the same.
      const broken = module.errors();
      if (broken.length > 0) {
        count.failed += 1;
        failed.push(module.relativeModuleId, ...broken.map(({ message }) => indented(message)));
      }
    }
    count.failed += unhandledErrors.length;
    failed.push(...unhandledErrors.map((error) => indented(messageOf(error))));
    if (failed.length > 0) process.stdout.write(`\nfailed:\n${failed.join('\n')}\n`);
    if (unsteady.length > 0) process.stdout.write(`\nfailed once, to be mended:\n${unsteady.join('\n')}\n`);
    process.stdout.write(
      `\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`,
    );
  }
}

/** What came from a worker has lost its class, and may have no prototype to make a text of it. */
function messageOf(error: unknown): string {
  const message: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error;
  return typeof message === 'string' ? message : JSON.stringify(error);
}

const LINES_OF_AN_ERROR = 4;

function indented(message: string): string {
  return message
    .split('\n')
    .slice(0, LINES_OF_AN_ERROR)
    .map((line) => `    ${line}`)
    .join('\n');
}
