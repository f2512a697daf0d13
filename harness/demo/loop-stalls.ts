const beatMs = 10;

/**
 * Notes for how long the event loop of this process stood still: how much later than planned a timer came. That is wall time, so a busy
 * machine shows in it too; it is for looking at, and no verdict hangs on it.
 */
export class LoopStalls implements Disposable {
  #longest = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #watchers = new Set<(stallMs: number) => void>();

  constructor() {
    this.#timer = setInterval(() => this.#beat(), beatMs).unref();
  }

  /** The longest stall since this was asked last, in milliseconds. */
  takeLongest(): number {
    this.#beat();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  /** Calls `tell` with each stall, from now on; returns how to end that. */
  watch(tell: (stallMs: number) => void): () => void {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const now = performance.now();
    const stallMs = Math.max(0, now - this.#last - beatMs);
    this.#last = now;
    this.#longest = Math.max(this.#longest, stallMs);
    for (const tell of this.#watchers) tell(stallMs);
  }
}
