import { processTree, textOf, threadFolders } from '../trace/process-tree.ts';
import { real, threadCpuNow } from '../trace/real-time.ts';

/** The part of the time that went by which the others must get of a CPU to count as served. */
const served = 0.2;
/** So many looks together tell who is idle: a process that sleeps has threads that wake now and then. */
const looksOfIdleness = 10;
/** The part of the time below which the others count as idle. */
const idleShare = 0.06;
/** The same for the thread that looks, whose looks take some themselves. */
const idleShareHere = 0.25;
/** Looks after which it is looked anew which processes there are. */
const looksOfAList = 20;

/**
 * What the others did since the last look: some `waited` for a CPU and none was let run, they `worked`, or they were `idle`, as was this thread:
 * then only a timer or somebody outside can make anything happen. `unknown` where the system does not tell.
 */
export type CpuUse = 'waited' | 'worked' | 'idle' | 'unknown';

/**
 * Tells whether the other threads of this process, and its descendants, were kept waiting for a CPU.
 *
 * Whoever waits for another thread or process must not count a time in which that one could do nothing. Only Linux tells
 * (https://man7.org/linux/man-pages/man5/proc.5.html).
 */
export class CpuQueue {
  #looks = 0;
  #processes: readonly number[] = [];
  #cpuMs = 0;
  #lookedAt = real.now();
  #cpuHereMs = threadCpuNow();
  #recent: readonly Look[] = [];

  /** What was done since this was asked last. */
  look(): CpuUse {
    if (process.platform !== 'linux') return 'unknown';
    const now = real.now();
    const elapsedMs = now - this.#lookedAt;
    const gotHere = threadCpuNow() - this.#cpuHereMs;
    if (this.#looks % looksOfAList === 0) this.#processes = processTree(process.pid);
    this.#looks += 1;
    const threads = this.#processes.flatMap(threadsOf);
    const cpuMs = threads.reduce((sum, thread) => sum + thread.cpuMs, 0);
    const got = cpuMs - this.#cpuMs;
    this.#cpuMs = cpuMs;
    this.#lookedAt = now;
    this.#cpuHereMs = threadCpuNow();
    const wanted = threads.some(({ state }) => state === 'R');
    const disk = threads.some(({ state }) => state === 'D');
    this.#recent = [
      ...this.#recent.slice(1 - looksOfIdleness),
      { elapsedMs, got, gotHere, wanted, disk },
    ];
    if (this.#isIdle()) return 'idle';
    return wanted && got < served * elapsedMs ? 'waited' : 'worked';
  }

  #isIdle(): boolean {
    if (this.#recent.length < looksOfIdleness) return false;
    const sum = (of: (look: Look) => number): number =>
      this.#recent.reduce((total, look) => total + of(look), 0);
    const elapsedMs = sum((look) => look.elapsedMs);
    return (
      sum(({ got }) => got) < idleShare * elapsedMs &&
      sum(({ gotHere }) => gotHere) < idleShareHere * elapsedMs &&
      // Who is kept waiting wants a CPU all the time, who merely wakes now and then hardly ever.
      this.#recent.filter(({ wanted }) => wanted).length <= looksOfIdleness / 3 &&
      !this.#recent.some(({ disk }) => disk)
    );
  }
}

/** What one look found, of the time since the look before; milliseconds. */
interface Look {
  readonly elapsedMs: number;
  /** CPU of the others. */
  readonly got: number;
  /** CPU of the thread that looks. */
  readonly gotHere: number;
  readonly wanted: boolean;
  /** Whether a thread waited for a disk. */
  readonly disk: boolean;
}

interface Thread {
  /** `R` runs or wants to, `D` waits for a disk, `S` sleeps. */
  readonly state: string;
  readonly cpuMs: number;
}

/** The threads of a process, but for the one that asks. */
function threadsOf(pid: number): Thread[] {
  return threadFolders(pid).flatMap((folder): Thread[] => {
    if (folder.endsWith(`/${process.pid}`)) return [];
    const state = /\) (?<state>\S)/.exec(textOf(`${folder}/stat`))?.groups?.['state'];
    const cpuMs = Number(textOf(`${folder}/schedstat`).split(' ')[0]) / 1e6;
    return state === undefined ? [] : [{ state, cpuMs }];
  });
}
