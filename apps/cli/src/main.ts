#!/usr/bin/env node
/** Node 24 or newer: checked before anything is loaded, because an older one fails in ways that explain nothing. */
const MAJOR = 24;

async function main(): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < MAJOR) {
    process.stderr.write(`comity: Node ${MAJOR} or newer is needed, this is ${process.versions.node}\n`);
    process.stderr.write('  → run it as `npm run -s comity -- ...`, which brings its own\n');
    return 1;
  }
  await import('reflect-metadata');
  const { runCli } = await import('./run-cli.js');
  const { processPorts } = await import('./process-ports.js');
  return runCli(process.argv.slice(2), processPorts());
}

// Whoever reads may have seen enough (`| head`): that is no failure, and nothing more can be said.
process.stdout.on('error', () => process.exit(0));

// An answer may have come while something still waits (a connection kept alive, a timer): the command is done all the same.
process.exit(await main());
