import fs from 'node:fs';
import { real } from '../trace/real-time.ts';

// Taken while the module loads: later they may be watched, by the very thing that this meter serves.
const { closeSync, openSync, readSync } = fs;

/** What the calling thread had used up at one moment; all in milliseconds, and only differences mean something. */
export interface ThreadReading {
  readonly at: number;
  /** CPU time that the thread was given. */
  readonly cpu: number;
  /** Time that the event loop spent waiting for events. */
  readonly idle: number;
  /** Time in which the thread was ready to run and no CPU was free for it; null where the system does not tell. */
  readonly queued: number | null;
  /** Time that a hypervisor took from all CPUs of this machine together; 0 where the system does not tell. */
  readonly stolen: number;
}

/** The kernel counts stolen time in ticks of USER_HZ, which is 100 on every Linux that Node supports. */
const MILLISECONDS_PER_TICK = 10;
/** A reading is far shorter than the time for which a thread keeps its CPU: the second try is all but certain. */
const MOST_TRIES = 10;

/** What the kernel says of a thread; milliseconds. */
interface Schedule {
  readonly onCpu: number;
  readonly queued: number | null;
  /** How often the thread was given a CPU. */
  readonly slices: number;
}

/**
 * Reads what the calling thread has used: CPU time, time asleep in the event loop, and on Linux the time it stood in
 * line for a CPU (`/proc/thread-self/schedstat`; see `Documentation/scheduler/sched-stats.rst`).
 *
 * A reading costs some fifteen microseconds. Close the meter when it is no longer needed.
 */
export class ThreadMeter implements Disposable {
  #schedule = openIfPresent('/proc/thread-self/schedstat');
  #machine = openIfPresent('/proc/stat');
  #buffer = Buffer.alloc(256);

  /** Whether this system tells a sleeping thread from one that got no CPU. */
  get tellsSleep(): boolean {
    return this.#schedule !== null;
  }

  read(): ThreadReading {
    // A thread that loses its CPU between two of the figures would look as if it had slept meanwhile: they are read anew.
    for (let tries = 1; ; tries += 1) {
      const schedule = this.#readSchedule();
      const reading = this.#readAll(schedule);
      if (tries === MOST_TRIES || this.#readSchedule().slices === schedule.slices) return reading;
    }
  }

  [Symbol.dispose](): void {
    for (const descriptor of [this.#schedule, this.#machine]) {
      if (descriptor !== null) closeSync(descriptor);
    }
    this.#schedule = null;
    this.#machine = null;
  }

  #readAll({ onCpu, queued }: Schedule): ThreadReading {
    const { user, system } = process.threadCpuUsage();
    return {
      at: real.now(),
      // The kernel's figure lags by a tick while the thread runs, and Node's lags on some systems: the greater is nearer.
      cpu: Math.max((user + system) / 1000, onCpu),
      idle: real.nodeTiming.idleTime,
      queued,
      stolen: this.#readStolen(),
    };
  }

  #readSchedule(): Schedule {
    if (this.#schedule === null) return { onCpu: 0, queued: null, slices: 0 };
    const [onCpu, queued, slices] = this.#readFields(this.#schedule).map(Number);
    return { onCpu: onCpu! / 1e6, queued: queued! / 1e6, slices: slices! };
  }

  #readStolen(): number {
    if (this.#machine === null) return 0;
    // cpu user nice system idle iowait irq softirq steal …
    return Number(this.#readFields(this.#machine)[8] ?? 0) * MILLISECONDS_PER_TICK;
  }

  #readFields(descriptor: number): string[] {
    const length = readSync(descriptor, this.#buffer, 0, this.#buffer.length, 0);
    return this.#buffer.toString('latin1', 0, length).split('\n', 1)[0]!.trim().split(/\s+/);
  }
}

function openIfPresent(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch {
    return null;
  }
}
