// Adds to package-lock.json the optional packages of other platforms that a partial registry mirror answers 404 for:
// without them `npm ci` stops with EUSAGE "Missing: ... from lock file". Run after every `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (path === '' || !/^\d/.test(version)) continue;
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[hoisted]?.version === version) continue;
    const target = lock.packages[hoisted] ? nested : hoisted;
    lock.packages[target] = { version, optional: true, ...platformOf(name) };
    added += 1;
  }
}
if (added > 0) writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added to package-lock.json`);

function platformOf(name) {
  const os = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony', 'wasm32', 'windows'].find((o) =>
    name.includes(o),
  );
  const cpu = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 's390x', 'ppc64', 'loong64', 'mips64el'].find((c) =>
    name.includes(c),
  );
  // A platform nobody has: npm keeps the entry and never fetches it.
  return { os: [os === 'windows' ? 'win32' : (os ?? 'none')], cpu: [cpu ?? 'none'] };
}
