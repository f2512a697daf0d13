import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import { compileCacheFolder, pruneCompileCache } from './compile-cache.ts';
import { SpareSlot } from './spare-slot.ts';

/** Names the file in which a test process that the watchdog ends says why. */
export const lastWordsVariable = 'KATA_WATCHDOG_FILE';

/**
 * Makes ready what the test processes of this process need, and starts the one for `first`. It imports little, so that this process starts while the
 * rest of a session is still loaded.
 *
 * @param first the kata that will be judged first, where that is known.
 */
export function startFirstProcess(first?: Kata): SpareSlot {
  const scratch = path.join(projectRoot, '.kata');
  mkdirSync(scratch, { recursive: true });
  process.env[lastWordsVariable] ??= path.join(scratch, `watchdog-${process.pid}.json`);
  const lastWords = process.env[lastWordsVariable];
  process.once('exit', () => {
    rmSync(lastWords, { force: true });
    pruneCompileCache();
  });
  process.env['NODE_COMPILE_CACHE'] ??= compileCacheFolder;
  const spare = new SpareSlot();
  if (first !== undefined) spare.fill(first);
  return spare;
}
