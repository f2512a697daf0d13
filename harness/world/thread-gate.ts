const opened = 0;
const entered = 1;

/**
 * A gate at which other threads wait asleep, until this thread opens it.
 *
 * @example
 * using gate = new ThreadGate();
 * const task = pool.run({ do: 'gate', gate: gate.shared });
 * await until(() => gate.entered === 1, 'a thread at the gate');
 * gate.open();
 */
export class ThreadGate implements Disposable {
  /** What a thread needs to wait at it: hand it over in a message. */
  readonly shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  #cells = new Int32Array(this.shared);

  /** How often `passThreadGate` was called for it until now. */
  get entered(): number {
    return Atomics.load(this.#cells, entered);
  }

  /** Lets everybody through, now and later. */
  open(): void {
    Atomics.store(this.#cells, opened, 1);
    Atomics.notify(this.#cells, opened);
  }

  /** Opens it, so that no thread sleeps on after its test. */
  [Symbol.dispose](): void {
    this.open();
  }
}

/** In another thread: waits, asleep, until the gate behind `shared` is open. The thread does nothing else meanwhile. */
export function passThreadGate(shared: SharedArrayBuffer): void {
  const cells = new Int32Array(shared);
  Atomics.add(cells, entered, 1);
  Atomics.wait(cells, opened, 0);
}
