// node --import run-typescript.mjs: lets a child process of a test run the sources, without a build.
// Node strips types by itself; what it lacks is finding `x.ts` behind the specifier `x.js`, and decorators.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = `${ROOT}node_modules/.cache/comity-typescript/`;
const DECORATOR = /^\s*@[A-Z]\w*\(/m;

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
      return next(specifier.replace(/\.js$/, '.ts'), context);
    }
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const path = fileURLToPath(url);
    const source = readFileSync(path, 'utf8');
    if (!DECORATOR.test(source)) return next(url, context);
    return { format: 'module', shortCircuit: true, source: compiled(path, source) };
  },
});

/** As the compiler of the build writes it; kept, because loading the compiler costs more than all the rest. */
function compiled(path, source) {
  const settings = JSON.stringify(compilerOptions());
  const kept = `${CACHE}${createHash('sha256').update(`${settings}\n${path}\n${source}`).digest('hex')}.js`;
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { transpileModule } = require('typescript');
    const { outputText } = transpileModule(source, { fileName: path, compilerOptions: compilerOptions() });
    keep(kept, outputText);
    return outputText;
  }
}

function keep(path, text) {
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Another user's checkout: it is compiled again next time.
  }
}

function compilerOptions() {
  const { compilerOptions: settings } = JSON.parse(readFileSync(`${ROOT}tsconfig.json`, 'utf8'));
  const { target, experimentalDecorators, emitDecoratorMetadata, useDefineForClassFields } = settings;
  const decorators = { experimentalDecorators, emitDecoratorMetadata, useDefineForClassFields };
  return {
    target,
    module: 'esnext',
    isolatedModules: true,
    verbatimModuleSyntax: true,
    inlineSourceMap: true,
    ...decorators,
  };
}
