import type { Handle, Poller, Wait } from '../../../katas/05-event-loop/event-loop.ts';

type Callback = () => void;

// The order of libuv: timers, then the queue, then poll. Timers and readers are called in their phase and never enter the queue.
export class EventLoop {
  readonly #poller: Poller;
  #queue: Callback[] = [];
  #timers: { readonly due: number; readonly cb: Callback }[] = [];
  readonly #readers = new Map<number, Callback[]>();

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  callSoon(cb: Callback): void {
    this.#queue.push(cb);
  }

  callLater(ms: number, cb: Callback): void {
    this.#timers.push({ due: this.#poller.now() + ms, cb });
    // `sort` keeps the order of equals.
    this.#timers.sort((one, other) => one.due - other.due);
  }

  onReadable(id: number, cb: Callback): void {
    const others = this.#readers.get(id);
    if (others === undefined) this.#readers.set(id, [cb]);
    else others.push(cb);
  }

  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const task = new Task<T>(this, coroutine);
    this.callSoon(() => task.start());
    return task;
  }

  run(): void {
    while (this.#isAlive()) {
      this.#runTimers();
      this.#runQueue();
      if (this.#isAlive()) this.#runPoll();
    }
  }

  #isAlive(): boolean {
    return this.#queue.length > 0 || this.#timers.length > 0 || this.#readers.size > 0;
  }

  #runTimers(): void {
    const now = this.#poller.now();
    const due = this.#timers.filter((timer) => timer.due <= now);
    this.#timers = this.#timers.slice(due.length);
    for (const { cb } of due) cb();
  }

  #runQueue(): void {
    for (const cb of this.#queue.splice(0)) cb();
  }

  #runPoll(): void {
    for (const id of this.#poller.poll(this.#longestWait())) {
      const callbacks = this.#readers.get(id) ?? [];
      this.#readers.delete(id);
      for (const cb of callbacks) cb();
    }
  }

  #longestWait(): number | null {
    if (this.#queue.length > 0) return 0;
    const [first] = this.#timers;
    return first === undefined ? null : Math.max(0, first.due - this.#poller.now());
  }
}

/** A handle that drives its own coroutine. */
class Task<T> implements Handle<T> {
  done = false;
  declare value: T;
  declare error: unknown;
  #failed = false;
  readonly #joiners: Callback[] = [];
  readonly #loop: EventLoop;
  readonly #coroutine: Generator<Wait, T, unknown>;

  constructor(loop: EventLoop, coroutine: Generator<Wait, T, unknown>) {
    this.#loop = loop;
    this.#coroutine = coroutine;
  }

  start(): void {
    this.#goOn(() => this.#coroutine.next());
  }

  #goOn(advance: () => IteratorResult<Wait, T>): void {
    try {
      const result = advance();
      if (!result.done) return this.#waitFor(result.value);
      this.value = result.value;
    } catch (error) {
      this.#failed = true;
      this.error = error;
    }
    this.done = true;
    for (const joiner of this.#joiners) this.#loop.callSoon(joiner);
  }

  #waitFor(wait: Wait): void {
    const next = (): void => this.#goOn(() => this.#coroutine.next());
    if ('sleep' in wait) return this.#loop.callLater(wait.sleep, next);
    if ('readable' in wait) return this.#loop.onReadable(wait.readable, next);
    // This loop gives no other handles than tasks.
    const other = wait.join as Task<unknown>;
    const joined = (): void =>
      this.#goOn(() =>
        other.#failed ? this.#coroutine.throw(other.error) : this.#coroutine.next(other.value),
      );
    if (other.done) this.#loop.callSoon(joined);
    else other.#joiners.push(joined);
  }
}
