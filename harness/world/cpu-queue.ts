import { readdirSync, readFileSync } from 'node:fs';

/** CPU, in milliseconds, that a thread must get between two looks to count as served. */
const served = 0.2;
/** Looks after which it is looked anew which processes there are. */
const looksOfAList = 20;

/**
 * Tells whether this process and its descendants were kept waiting for a CPU: a thread of theirs could run, and none of them was let run.
 *
 * Whoever waits for another thread or process must not count a time in which that one could do nothing. Only Linux tells
 * (https://man7.org/linux/man-pages/man5/proc.5.html); elsewhere nobody ever seems to be kept waiting.
 */
export class CpuQueue {
  #looks = 0;
  #processes: readonly string[] = [];
  #cpuMs = 0;

  /** Whether nobody else got a CPU since this was asked last, although somebody wanted one. */
  keepsWaiting(): boolean {
    if (process.platform !== 'linux') return false;
    if (this.#looks % looksOfAList === 0) this.#processes = [String(process.pid), ...descendants()];
    this.#looks += 1;
    const threads = this.#processes.flatMap(threadsOf);
    const cpuMs = threads.reduce((sum, thread) => sum + thread.cpuMs, 0);
    const got = cpuMs - this.#cpuMs;
    this.#cpuMs = cpuMs;
    return threads.some(({ wantsCpu }) => wantsCpu) && got < served;
  }
}

interface Thread {
  readonly wantsCpu: boolean;
  readonly cpuMs: number;
}

/** The threads of a process, but for the one that asks. */
function threadsOf(pid: string): Thread[] {
  return namesIn(`/proc/${pid}/task`).flatMap((id): Thread[] => {
    if (id === String(process.pid)) return [];
    const folder = `/proc/${pid}/task/${id}`;
    const state = /\) (?<state>\S)/.exec(read(`${folder}/stat`))?.groups?.['state'];
    const cpuMs = Number(read(`${folder}/schedstat`).split(' ')[0]) / 1e6;
    return state === undefined ? [] : [{ wantsCpu: state === 'R', cpuMs }];
  });
}

function descendants(): string[] {
  const children = Map.groupBy(
    namesIn('/proc').filter((name) => /^\d+$/.test(name)),
    (pid) => /\) \S (?<parent>\d+)/.exec(read(`/proc/${pid}/stat`))?.groups?.['parent'] ?? '',
  );
  const found: string[] = [];
  const collect = (pid: string): void => {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      collect(child);
    }
  };
  collect(String(process.pid));
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It ended a moment ago.
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
