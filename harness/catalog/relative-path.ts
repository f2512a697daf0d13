import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';

/** `file` as a maintainer reads it: relative to the checkout where it lies inside, with forward slashes. */
export function relativePath(file: string): string {
  const relative = path.relative(projectRoot, file);
  const shown = relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
  return shown.split(path.sep).join('/');
}
