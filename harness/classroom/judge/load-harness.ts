// Loads what a test process loads, but no answer, and leaves behind what Node made of it.
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../trace/source-location.ts';

const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'dist');
const programs = [
  pathToFileURL(path.join(vitest, 'workers', 'forks.js')).href,
  new URL('../../runner/warm-start.ts', import.meta.url).href,
  new URL('../../loop/watchdog-worker.ts', import.meta.url).href,
  new URL('../../setup.js', import.meta.url).href,
  '#harness',
  ...process.argv.slice(2),
];

// Some of them refuse to run outside a test process: by then they are compiled.
for (const name of programs) await import(name).catch(() => {});
flushCompileCache();
process.exit(0);
