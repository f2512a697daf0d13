import { realpathSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import type { Finding } from './finding.ts';

/**
 * Tells which Node runs. An unfit one never gets here: the commands refuse it.
 *
 * @param program where it lies, as an absolute path without links.
 */
export function checkNode(
  version = process.version,
  program: string = process.execPath,
  root: string = projectRoot,
): Finding {
  const name = 'Node';
  if (isBelow(realModules(root), program))
    return { name, state: 'ok', text: `${version}, brought by npm ci` };
  return {
    name,
    state: 'limited',
    text: `${version} from ${program}, not the one that npm ci brings`,
    advice:
      'The katas are tested with the one of npm ci. To use it: npm ci, without --ignore-scripts, and start commands by npm run.',
  };
}

function realModules(root: string): string {
  const folder = path.join(root, 'node_modules');
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function isBelow(folder: string, file: string): boolean {
  return file.startsWith(folder + path.sep);
}
