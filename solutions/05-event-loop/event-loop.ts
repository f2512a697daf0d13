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
  // Nothing here waits but one call of `poll`. Whatever waits lies in a list: for its time, for its id, or for a coroutine.
  // What it waited for moves it into the queue of the ready ones, and only from there is anything called.
  #ready: (() => void)[] = [];
  /** The next one first. */
  readonly #timers: { readonly at: number; readonly cb: () => void }[] = [];
  readonly #readers = new Map<number, (() => void)[]>();
  readonly #joiners = new Map<Handle<unknown>, (() => void)[]>();

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  /** Calls `cb` in the next turn. */
  callSoon(cb: () => void): void {
    this.#ready.push(cb);
  }

  /** Calls `cb` when `ms` milliseconds are over. */
  callLater(ms: number, cb: () => void): void {
    const at = this.#poller.now() + ms;
    // Behind those of the same time: they were set earlier.
    const place = this.#timers.findLastIndex((timer) => timer.at <= at) + 1;
    this.#timers.splice(place, 0, { at, cb });
  }

  /** Calls `cb` once, when `id` is readable. */
  onReadable(id: number, cb: () => void): void {
    const waiting = this.#readers.get(id) ?? [];
    waiting.push(cb);
    this.#readers.set(id, waiting);
  }

  /** Takes a coroutine in; its first step is ready. */
  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const handle: Handle<T> = { done: false };
    this.callSoon(() => this.#step(coroutine, handle, () => coroutine.next()));
    return handle;
  }

  /** Runs until nothing is left that could happen. */
  run(): void {
    while (this.#ready.length + this.#timers.length + this.#readers.size > 0) this.#turn();
  }

  #turn(): void {
    for (const id of this.#poller.poll(this.#timeout())) {
      this.#ready.push(...(this.#readers.get(id) ?? []));
      this.#readers.delete(id);
    }
    const now = this.#poller.now();
    while (this.#timers[0] !== undefined && this.#timers[0].at <= now) {
      this.#ready.push(this.#timers.shift()!.cb);
    }

    // A new queue for what these add: if they were called in this turn too, two that add each other would keep out all else.
    const callbacks = this.#ready;
    this.#ready = [];
    for (const cb of callbacks) cb();
  }

  /** How long nothing can happen but an arrival. */
  #timeout(): number | null {
    if (this.#ready.length > 0) return 0;
    const [next] = this.#timers;
    return next === undefined ? null : Math.max(0, next.at - this.#poller.now());
  }

  /** Lets the coroutine go on, up to its next `yield` or to its end. */
  #step<T>(
    coroutine: Generator<Wait, T, unknown>,
    handle: Handle<T>,
    goOn: () => IteratorResult<Wait, T>,
  ): void {
    let step: IteratorResult<Wait, T>;
    try {
      step = goOn();
    } catch (error) {
      // The coroutine failed, not the loop: the others go on.
      handle.error = error;
      return this.#end(handle);
    }
    if (!step.done) return this.#suspend(coroutine, handle, step.value);
    handle.value = step.value;
    this.#end(handle);
  }

  #end(handle: Handle<unknown>): void {
    handle.done = true;
    for (const cb of this.#joiners.get(handle) ?? []) this.callSoon(cb);
    this.#joiners.delete(handle);
  }

  /** Puts the rest of the coroutine where it is found again when what it waits for has come. */
  #suspend<T>(coroutine: Generator<Wait, T, unknown>, handle: Handle<T>, wait: Wait): void {
    const goOn = (): void => this.#step(coroutine, handle, () => coroutine.next());
    if ('sleep' in wait) return this.callLater(wait.sleep, goOn);
    if ('readable' in wait) return this.onReadable(wait.readable, goOn);

    const other = wait.join;
    const goOnWithIt = (): void =>
      this.#step(coroutine, handle, () =>
        // Not `if (other.error)`: whatever was thrown is an error, `undefined` too.
        'error' in other ? coroutine.throw(other.error) : coroutine.next(other.value),
      );
    if (other.done) return this.callSoon(goOnWithIt);
    const waiting = this.#joiners.get(other) ?? [];
    waiting.push(goOnWithIt);
    this.#joiners.set(other, waiting);
  }
}
