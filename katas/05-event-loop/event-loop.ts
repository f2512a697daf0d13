/** The one thing that can wait. Time and arrivals come from here alone. */
export interface Poller {
  /** The time in milliseconds. */
  now(): number;
  /** Waits until something is readable, at most `timeoutMs`; `null`: without a limit. Tells the ids that are readable. */
  poll(timeoutMs: number | null): readonly number[];
}

/** What a coroutine yields: what it waits for. */
export type Wait = { sleep: number } | { readable: number } | { join: Handle<unknown> };

/** What is known of a coroutine from outside. */
export interface Handle<T> {
  done: boolean;
  /** What it returned. */
  value?: T;
  /** What it threw. */
  error?: unknown;
}

/** Runs callbacks and coroutines, each when what it waits for has come. */
export class EventLoop {
  readonly #poller: Poller;
  // TODO: this runs one thing to its end, then the next. While one of them waits, all others wait with it. Build the loop.
  readonly #callbacks: (() => void)[] = [];

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  /** Calls `cb` in the next turn. */
  callSoon(cb: () => void): void {
    this.#callbacks.push(cb);
  }

  /** Calls `cb` when `ms` milliseconds are over. */
  callLater(ms: number, cb: () => void): void {
    this.callSoon(() => {
      this.#wait({ sleep: ms });
      cb();
    });
  }

  /** Calls `cb` once, when `id` is readable. */
  onReadable(id: number, cb: () => void): void {
    this.callSoon(() => {
      this.#wait({ readable: id });
      cb();
    });
  }

  /** Takes a coroutine in; its first step is ready. */
  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const handle: Handle<T> = { done: false };
    this.callSoon(() => {
      try {
        handle.value = this.#runToTheEnd(coroutine);
      } catch (error) {
        handle.error = error;
      }
      handle.done = true;
    });
    return handle;
  }

  /** Runs until nothing is left that could happen. */
  run(): void {
    while (this.#callbacks.length > 0) this.#callNext();
  }

  #callNext(): void {
    this.#callbacks.shift()?.();
  }

  #runToTheEnd<T>(coroutine: Generator<Wait, T, unknown>): T {
    let step = coroutine.next();
    while (!step.done) {
      const wait = step.value;
      this.#wait(wait);
      const other: Handle<unknown> = 'join' in wait ? wait.join : { done: true };
      step = 'error' in other ? coroutine.throw(other.error) : coroutine.next(other.value);
    }
    return step.value;
  }

  #wait(wait: Wait): void {
    if ('sleep' in wait) {
      const end = this.#poller.now() + wait.sleep;
      while (this.#poller.now() < end) this.#poller.poll(end - this.#poller.now());
    } else if ('readable' in wait) {
      while (!this.#poller.poll(null).includes(wait.readable));
    } else {
      while (!wait.join.done && this.#callbacks.length > 0) this.#callNext();
    }
  }
}
