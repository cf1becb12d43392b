import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with the plain line `N passed, N failed, N skipped`, which continuous integration counts, and names before it
 * every test that failed first and passed when it was tried again: a race in the test or in what it tests, to be mended.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(testModules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const unsteady: string[] = [];
    for (const module of testModules) {
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        if (test.diagnostic()?.flaky === true) unsteady.push(`${module.relativeModuleId} > ${test.fullName}`);
      }
      // A file that does not load has no test to count, and is a failure all the same.
      if (module.errors().length > 0) count.failed += 1;
    }
    count.failed += unhandledErrors.length;
    if (unsteady.length > 0) process.stdout.write(`\nfailed once, to be mended:\n${unsteady.join('\n')}\n`);
    process.stdout.write(
      `\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`,
    );
  }
}
