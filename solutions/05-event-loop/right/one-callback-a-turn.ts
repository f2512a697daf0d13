import type { Handle, Poller, Wait } from '../../../katas/05-event-loop/event-loop.ts';

type Callback = () => void;

// A turn is one callback, as in a browser. It polls only while somebody waits for an id, or when nothing is ready. Timers come before
// readers; one of 0 ms is a callback like any other.
export class EventLoop {
  readonly #poller: Poller;
  readonly #ready: Callback[] = [];
  readonly #timers: { readonly due: number; readonly cb: Callback }[] = [];
  readonly #readers = new Map<number, Callback[]>();
  readonly #joiners = new Map<Handle<unknown>, Callback[]>();
  readonly #failed = new WeakSet<Handle<unknown>>();

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  callSoon(cb: Callback): void {
    this.#ready.push(cb);
  }

  callLater(ms: number, cb: Callback): void {
    if (ms === 0) return this.callSoon(cb);
    const due = this.#poller.now() + ms;
    // Behind those that are due no later, found by halving.
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.due <= due) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, { due, cb });
  }

  onReadable(id: number, cb: Callback): void {
    this.#readers.set(id, [...(this.#readers.get(id) ?? []), cb]);
  }

  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const handle: Handle<T> = { done: false };
    this.callSoon(() => this.#drive(coroutine, handle));
    return handle;
  }

  run(): void {
    for (;;) {
      const timer = this.#timers[0];
      if (this.#ready.length > 0) {
        if (this.#readers.size > 0) this.#poll(0);
        else this.#wakeSleepers();
      } else if (timer !== undefined) this.#poll(Math.max(0, timer.due - this.#poller.now()));
      else if (this.#readers.size > 0) this.#poll(null);
      else return;

      this.#ready.shift()?.();
    }
  }

  #poll(timeoutMs: number | null): void {
    const ids = this.#poller.poll(timeoutMs);
    this.#wakeSleepers();
    for (const id of ids) {
      this.#ready.push(...(this.#readers.get(id) ?? []));
      this.#readers.delete(id);
    }
  }

  #wakeSleepers(): void {
    const now = this.#poller.now();
    while (this.#timers[0] !== undefined && this.#timers[0].due <= now) {
      this.#ready.push(this.#timers.shift()!.cb);
    }
  }

  /** Lets the coroutine go on until it has to wait; what it joins may have ended long ago. */
  #drive<T>(
    coroutine: Generator<Wait, T, unknown>,
    handle: Handle<T>,
    joined?: Handle<unknown>,
  ): void {
    try {
      for (let from = joined; ;) {
        const step =
          from !== undefined && this.#failed.has(from)
            ? coroutine.throw(from.error)
            : coroutine.next(from?.value);
        if (step.done) {
          handle.value = step.value;
          break;
        }
        if (!('join' in step.value && step.value.join.done)) {
          return this.#park(step.value, (other) => this.#drive(coroutine, handle, other));
        }
        from = step.value.join;
      }
    } catch (error) {
      this.#failed.add(handle);
      handle.error = error;
    }
    handle.done = true;
    for (const wake of this.#joiners.get(handle) ?? []) this.callSoon(wake);
    this.#joiners.delete(handle);
  }

  #park(wait: Wait, goOn: (joined?: Handle<unknown>) => void): void {
    if ('sleep' in wait) return this.callLater(wait.sleep, () => goOn());
    if ('readable' in wait) return this.onReadable(wait.readable, () => goOn());
    const waiting = this.#joiners.get(wait.join) ?? [];
    waiting.push(() => goOn(wait.join));
    this.#joiners.set(wait.join, waiting);
  }
}
