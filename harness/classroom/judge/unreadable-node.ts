import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../trace/source-location.ts';

/**
 * A copy of this Node that may be run and not be read.
 *
 * The kernel lets nobody look into the memory of a process whose program its user may not read, neither the process itself by `/proc/self/mem` nor
 * what it starts: the secret of the seal stays in there (https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html).
 *
 * @returns its absolute path; it is kept for later runs.
 */
export function unreadableNode(): string {
  const folder = path.join(projectRoot, '.kata', 'classroom');
  const file = path.join(folder, `node-${process.version}-${process.arch}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const own = `${file}.${process.pid}`;
  rmSync(own, { force: true });
  copyFileSync(process.execPath, own, constants.COPYFILE_FICLONE);
  chmodSync(own, 0o111);
  renameSync(own, file);
  return file;
}
