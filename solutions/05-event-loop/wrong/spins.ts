// Only looks, again and again, until something is there: the processor is busy with waiting.
// fails: three coroutines that sleep one second end after one second
// fails: a timer of 0 ms that a timer sets is called in the next turn
// fails: what has become ready comes before a timer that falls due later
// fails: poll is asked to wait exactly until the next timer
// fails: poll is asked to wait without a limit when no timer is set
// fails: a poll that comes back early calls no timer before its time
// fails: timers of the same time are called in the order in which they were set
// fails: a timer counts from the moment in which it is set
// fails: each id wakes those that wait for it, and nobody else
// fails: every callback of an id is called once, in the order of the calls
// fails: an arrival that nobody waits for hides no other
// fails: spawn runs nothing yet: the first step is ready like any callback
// fails: a handle is done when its coroutine has returned, and has its value
// fails: a coroutine that throws fails its handle, and the others go on
// fails: join waits for the other coroutine and gives its value
// fails: join of a coroutine that ended long ago goes on
// fails: several coroutines can join the same one
// fails: join throws the error of the other, and it can be caught
// fails: whatever was thrown is an error for the one that joins, undefined too
// fails: run returns when all that is left are coroutines that wait for each other
// fails: run can be called again
// fails: two loops share nothing
// fails: thirty thousand turns run like one
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
      this.#ready.push(...(this.#readers.get(id) ?? []));
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
    return 0;
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
