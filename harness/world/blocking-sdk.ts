import { createHash } from 'node:crypto';
import { seed } from './seed.ts';

/** Where each number lies in the counters. */
const slot = { calls: 0, inFlight: 1, peak: 2, opened: 3 } as const;

/** What another thread needs to use the same SDK and be counted with it. It can be posted to a worker. */
export interface BlockingSdkHandle {
  readonly callMs: number;
  readonly together: number;
  readonly seed: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/**
 * A synchronous client as vendors ship them: every call puts its whole thread to sleep. Calls are counted over all the
 * threads that share its handle.
 *
 * @example
 * const sdk = new BlockingSdk({ callMs: 150 });
 * const worker = new Worker(script, { workerData: sdk.handle });
 * // in the worker
 * const sdk = BlockingSdk.from(workerData);
 * sdk.fetchReport('7');
 */
export class BlockingSdk {
  readonly handle: BlockingSdkHandle;

  /**
   * @param options.callMs real milliseconds for which a call sleeps.
   * @param options.together ends the sleep of all as soon as so many calls sleep at once, and of every later call at once:
   *   calls that run side by side are told from calls one after another without a clock.
   * @throws {RangeError} if either is no number that can be.
   */
  constructor(options: Pick<BlockingSdkHandle, 'callMs'> & Partial<BlockingSdkHandle>) {
    const { callMs, together = 0 } = options;
    if (!(callMs > 0) || !Number.isFinite(callMs)) {
      throw new RangeError(`Expected \`callMs\` to be above zero, got \`${callMs}\`.`);
    }
    if (!Number.isInteger(together) || together < 0) {
      throw new RangeError(`Expected \`together\` to be a whole number, got \`${together}\`.`);
    }
    this.handle = {
      callMs,
      together,
      seed: options.seed ?? seed(),
      counters: options.counters ?? freshCounters(),
    };
  }

  /** The same SDK in another thread. */
  static from(handle: BlockingSdkHandle): BlockingSdk {
    return new BlockingSdk(handle);
  }

  /** How many calls were made, in all threads. */
  get calls(): number {
    return this.#read('calls');
  }

  /** How many calls sleep now. */
  get inFlight(): number {
    return this.#read('inFlight');
  }

  /** The most calls that ever slept at once: above one only with several threads. */
  get peak(): number {
    return this.#read('peak');
  }

  /** Sleeps, then returns the report `id`; the thread does nothing else meanwhile. */
  fetchReport(id: string): string {
    const { callMs, together, counters } = this.handle;
    Atomics.add(counters, slot.calls, 1);
    const inFlight = Atomics.add(counters, slot.inFlight, 1) + 1;
    raise(counters, slot.peak, inFlight);
    if (together > 0 && inFlight >= together) {
      Atomics.store(counters, slot.opened, 1);
      Atomics.notify(counters, slot.opened);
    }
    Atomics.wait(counters, slot.opened, 0, callMs);
    Atomics.sub(counters, slot.inFlight, 1);
    return this.reportOf(id);
  }

  /** What `fetchReport(id)` returns, without a call: for the spec. It differs with the seed, so it cannot be made up. */
  reportOf(id: string): string {
    const digest = createHash('sha256').update(`${this.handle.seed}:${id}`).digest('hex');
    return `Report ${id}: ${digest.slice(0, 12)}`;
  }

  #read(name: keyof typeof slot): number {
    return Atomics.load(this.handle.counters, slot[name]);
  }
}

function freshCounters(): Int32Array<SharedArrayBuffer> {
  const { length } = Object.keys(slot);
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

/** Raises a counter to `value` at least, whoever else does so at the same time. */
function raise(counters: Int32Array<SharedArrayBuffer>, index: number, value: number): void {
  let seen = Atomics.load(counters, index);
  while (seen < value) {
    const before = Atomics.compareExchange(counters, index, seen, value);
    if (before === seen) return;
    seen = before;
  }
}
