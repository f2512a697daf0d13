import fs from 'node:fs';

// As they are before anybody watches them: a watched call takes a stack, and waiting reads many files.
const { readFileSync, readdirSync } = fs;

/**
 * The process `root` and all below it, parents first: their ids. Where the system does not tell (only Linux does), `root` alone.
 *
 * A child that begins or ends meanwhile may be missing (https://man7.org/linux/man-pages/man5/proc_tid_children.5.html).
 */
export function processTree(root: number): number[] {
  const pids = [root];
  for (const pid of pids) {
    for (const thread of threadFolders(pid)) {
      const children = textOf(`${thread}/children`);
      pids.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return pids;
}

/** The folders of `/proc` that tell of the threads of a process; none where it has ended. The last part of each is the thread's id. */
export function threadFolders(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).map((thread) => `${folder}/${thread}`);
  } catch {
    return [];
  }
}

/** What a file of `/proc` says; empty where the process has ended. */
export function textOf(file: string): string {
  try {
    // The only encoding that Node reads without a buffer of its own, which would be garbage: whoever looks often would be kept busy by it.
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
