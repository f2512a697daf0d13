// Given, for the spec: notes each call of blocking-calls.ts, in whichever thread it is made. Without a spec there is no log.
import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';

/** In the order of their numbers in the log. */
const names = ['sleepSync', 'fetchReport', 'countPrimes'] as const;
const key = 'event-loop-katas: the calls of kata 28';

/** Where each number lies, and where the calls begin: name, input, thread. */
const slot = { opened: 0, blocked: 1, peak: 2, calls: 3, first: 4 } as const;
const most = 1000;
const numbersPerCall = 3;

/** One call: of what, with which number, in which thread (0 is the thread of the event loop). */
export interface Call {
  readonly name: (typeof names)[number];
  readonly input: number;
  readonly thread: number;
}

/** How long the calls of a test block, in milliseconds. */
export interface Blocking {
  /** Calls on the thread of the event loop, where nobody could open the gate. */
  readonly onLoopMs: number;
  /** Calls in other threads, unless the gate is opened before. */
  readonly inThreadMs: number;
  /** Whether `countPrimes` counts; otherwise it finds none, however high the limit. */
  readonly counts: boolean;
  /** What each report ends with, so that none can be made up. */
  readonly nonce: string;
}

type Handle = Blocking & { readonly cells: Int32Array<SharedArrayBuffer> };

/** The calls since it was begun, in all threads that were started since. */
export class CallLog implements Disposable {
  readonly #handle: Handle;

  private constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Begins a new one, for this thread and for those that it starts from now on. */
  static begin(blocking: Blocking): CallLog {
    const length = slot.first + most * numbersPerCall;
    const handle = { ...blocking, cells: new Int32Array(new SharedArrayBuffer(length * 4)) };
    // New threads get a copy of this data, and with it the same memory.
    setEnvironmentData(key, handle);
    return new CallLog(handle);
  }

  static ofThisThread(): CallLog | null {
    const handle = getEnvironmentData(key) as unknown as Handle | undefined;
    return handle ? new CallLog(handle) : null;
  }

  get calls(): Call[] {
    const { cells } = this.#handle;
    return Array.from({ length: Math.min(cells[slot.calls]!, most) }, (_, call) => {
      const at = slot.first + call * numbersPerCall;
      return { name: names[cells[at]!]!, input: cells[at + 1]!, thread: cells[at + 2]! };
    });
  }

  /** Calls that block a thread now. */
  get blockedNow(): number {
    return Atomics.load(this.#handle.cells, slot.blocked);
  }

  /** The most that ever blocked threads at the same time. */
  get peak(): number {
    return Atomics.load(this.#handle.cells, slot.peak);
  }

  /** Ends all calls that block a thread, and lets later ones end at once. */
  open(): void {
    Atomics.store(this.#handle.cells, slot.opened, 1);
    Atomics.notify(this.#handle.cells, slot.opened);
  }

  #add(name: Call['name'], input: number): void {
    const { cells } = this.#handle;
    const call = Atomics.add(cells, slot.calls, 1);
    if (call < most) {
      cells.set([names.indexOf(name), input, threadId], slot.first + call * numbersPerCall);
    }
  }

  /** Notes a call of `countPrimes`, and tells whether it has to count. */
  counted(limit: number): boolean {
    this.#add('countPrimes', limit);
    return this.#handle.counts;
  }

  /** Blocks this thread as long as the test likes, and gives the nonce of its reports. */
  blocked(name: Call['name'], input: number): string {
    const { cells, onLoopMs, inThreadMs, nonce } = this.#handle;
    this.#add(name, input);
    const now = Atomics.add(cells, slot.blocked, 1) + 1;
    for (let seen = this.peak; seen < now; seen = this.peak) {
      Atomics.compareExchange(cells, slot.peak, seen, now);
    }
    Atomics.wait(cells, slot.opened, 0, threadId === 0 ? onLoopMs : inThreadMs);
    Atomics.sub(cells, slot.blocked, 1);
    return nonce;
  }

  [Symbol.dispose](): void {
    this.open();
    setEnvironmentData(key);
  }
}
