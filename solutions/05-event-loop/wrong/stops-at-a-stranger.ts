// Stops at an id that nobody waits for: what stands behind it in the list of poll is never told.
// fails: an arrival that nobody waits for hides no other
import type { Handle, Poller, Wait } from '../../../katas/05-event-loop/event-loop.ts';

export class EventLoop {
  readonly #poller: Poller;
  #ready: (() => void)[] = [];
  readonly #timers: { readonly at: number; readonly cb: () => void }[] = [];
  readonly #readers = new Map<number, (() => void)[]>();
  readonly #joiners = new Map<Handle<unknown>, (() => void)[]>();

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  callSoon(cb: () => void): void {
    this.#ready.push(cb);
  }

  callLater(ms: number, cb: () => void): void {
    const at = this.#poller.now() + ms;
    const place = this.#timers.findLastIndex((timer) => timer.at <= at) + 1;
    this.#timers.splice(place, 0, { at, cb });
  }

  onReadable(id: number, cb: () => void): void {
    const waiting = this.#readers.get(id) ?? [];
    waiting.push(cb);
    this.#readers.set(id, waiting);
  }

  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const handle: Handle<T> = { done: false };
    this.callSoon(() => this.#step(coroutine, handle, () => coroutine.next()));
    return handle;
  }

  run(): void {
    while (this.#ready.length + this.#timers.length + this.#readers.size > 0) this.#turn();
  }

  #turn(): void {
    for (const id of this.#poller.poll(this.#timeout())) {
      const waiting = this.#readers.get(id);
      if (waiting === undefined) break;
      this.#ready.push(...waiting);
      this.#readers.delete(id);
    }
    const now = this.#poller.now();
    while (this.#timers[0] !== undefined && this.#timers[0].at <= now) {
      this.#ready.push(this.#timers.shift()!.cb);
    }

    const callbacks = this.#ready;
    this.#ready = [];
    for (const cb of callbacks) cb();
  }

  #timeout(): number | null {
    if (this.#ready.length > 0) return 0;
    const [next] = this.#timers;
    return next === undefined ? null : Math.max(0, next.at - this.#poller.now());
  }

  #step<T>(
    coroutine: Generator<Wait, T, unknown>,
    handle: Handle<T>,
    goOn: () => IteratorResult<Wait, T>,
  ): void {
    let step: IteratorResult<Wait, T>;
    try {
      step = goOn();
    } catch (error) {
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

  #suspend<T>(coroutine: Generator<Wait, T, unknown>, handle: Handle<T>, wait: Wait): void {
    const goOn = (): void => this.#step(coroutine, handle, () => coroutine.next());
    if ('sleep' in wait) return this.callLater(wait.sleep, goOn);
    if ('readable' in wait) return this.onReadable(wait.readable, goOn);

    const other = wait.join;
    const goOnWithIt = (): void =>
      this.#step(coroutine, handle, () =>
        'error' in other ? coroutine.throw(other.error) : coroutine.next(other.value),
      );
    if (other.done) return this.callSoon(goOnWithIt);
    const waiting = this.#joiners.get(other) ?? [];
    waiting.push(goOnWithIt);
    this.#joiners.set(other, waiting);
  }
}
