import type { ChildProcess } from 'node:child_process';
import { processTree, textOf } from '../trace/process-tree.ts';
import type { ConfinementLimits } from './confinement.ts';

/** Which limit was met. `message`: the process asked its Vitest for something that no spec needs. */
export type Breach = 'time' | 'memory' | 'processes' | 'output' | 'message';

const tickMs = 200;
/** What the messages of a process may add to the memory of the one that reads them. */
const mostReaderBytes = 1024 ** 3;

/**
 * Ends a confined process, and all that it started, once they take more than they may.
 *
 * Time is counted in ticks of this process, so that a machine which gives nobody a CPU hurries nobody. Memory and processes are looked at a few times
 * in a second: what grows faster is stopped by the limits of the system, which each single process has too.
 */
export class ProcessGuard implements Disposable {
  /** Null while nothing was exceeded. */
  breach: Breach | null = null;
  readonly #child: ChildProcess;
  readonly #limits: ConfinementLimits;
  readonly #timer: NodeJS.Timeout;
  readonly #readerBytes = process.memoryUsage.rss();
  #ticks = 0;
  #output = 0;

  /** @param child leads the processes that are watched: it takes them all with it when it is killed. */
  constructor(child: ChildProcess, limits: ConfinementLimits) {
    this.#child = child;
    this.#limits = limits;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    for (const output of [child.stdout, child.stderr]) output?.on('data', this.#count);
  }

  end(breach: Breach): void {
    this.breach ??= breach;
    this.#child.kill('SIGKILL');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const output of [this.#child.stdout, this.#child.stderr]) output?.off('data', this.#count);
  }

  readonly #count = (chunk: Buffer): void => {
    this.#output += chunk.length;
    if (this.#output > this.#limits.outputBytes) this.end('output');
  };

  #tick(): void {
    this.#ticks += 1;
    const { seconds, memoryBytes, processes } = this.#limits;
    if (this.#ticks * tickMs > seconds * 1000) this.end('time');
    const tree = treeOf(this.#child.pid);
    if (tree.processes > processes) this.end('processes');
    if (tree.memoryBytes > memoryBytes) this.end('memory');
    if (process.memoryUsage.rss() - this.#readerBytes > mostReaderBytes) this.end('message');
  }
}

/** The process `root` and those below it, and what they hold in memory; nothing where the system does not tell (`/proc`, Linux). */
function treeOf(root: number | undefined): { processes: number; memoryBytes: number } {
  const pids = root === undefined ? [] : processTree(root);
  let pages = 0;
  for (const pid of pids) {
    // The second figure is what is resident: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
    pages += Number(textOf(`/proc/${pid}/statm`).split(' ')[1] ?? 0);
  }
  return { processes: pids.length, memoryBytes: pages * pageBytes };
}

const pageBytes = 4096;
