import { defineConfig } from 'vitest/config';

// `comity-source` is the private export condition of package.json "imports": tests run on sources, never on dist.
const conditions = ['comity-source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'apps/**/*.{test,prop,conformance,int,e2e}.ts',
      'libs/**/*.{test,prop,conformance,int,e2e}.ts',
      'test/**/*.{test,prop,conformance,int,e2e}.ts',
    ],
    exclude: ['node_modules', 'dist'],
    setupFiles: ['./test/support/setup.ts'],
    globalSetup: ['./test/support/global-setup.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    // On a machine that does other work as well, one test in thousands is late; whoever needs a second try is named at the end.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
