// Keeps the timers in a heap, which does not remember the order of equal times.
// fails: timers of the same time are called in the order in which they were set
import type { Handle, Poller, Wait } from '../../../katas/05-event-loop/event-loop.ts';

export class EventLoop {
  readonly #poller: Poller;
  readonly #timers = new Heap();
  readonly #readers: { id: number; cb: () => void }[] = [];
  #now: (() => void)[] = [];
  #next: (() => void)[] = [];

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  callSoon(cb: () => void): void {
    this.#next.push(cb);
  }

  callLater(ms: number, cb: () => void): void {
    this.#timers.add(this.#poller.now() + ms, cb);
  }

  onReadable(id: number, cb: () => void): void {
    this.#readers.push({ id, cb });
  }

  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const task = new Task(this, coroutine);
    this.callSoon(() => task.goOn());
    return task;
  }

  run(): void {
    for (;;) {
      [this.#now, this.#next] = [this.#next, []];
      for (const cb of this.#now) cb();
      const timeoutMs = this.#timeout();
      if (timeoutMs === null && this.#readers.length === 0) return;
      this.#take(this.#poller.poll(timeoutMs));
    }
  }

  #timeout(): number | null {
    if (this.#next.length > 0) return 0;
    const at = this.#timers.next;
    return at === null ? null : Math.max(at - this.#poller.now(), 0);
  }

  #take(ids: readonly number[]): void {
    const woken = this.#readers.filter(({ id }) => ids.includes(id));
    for (const reader of woken) {
      this.#readers.splice(this.#readers.indexOf(reader), 1);
      this.#next.push(reader.cb);
    }
    const now = this.#poller.now();
    while ((this.#timers.next ?? Infinity) <= now) this.#next.push(this.#timers.take());
  }
}

class Task<T> implements Handle<T> {
  done = false;
  declare value?: T;
  declare error?: unknown;
  failed = false;
  readonly #loop: EventLoop;
  readonly #coroutine: Generator<Wait, T, unknown>;
  readonly #joiners: Task<unknown>[] = [];

  constructor(loop: EventLoop, coroutine: Generator<Wait, T, unknown>) {
    this.#loop = loop;
    this.#coroutine = coroutine;
  }

  goOn(other?: Task<unknown>): void {
    try {
      const step = other?.failed
        ? this.#coroutine.throw(other.error)
        : this.#coroutine.next(other?.value);
      if (!step.done) return this.#waitFor(step.value);
      this.value = step.value;
    } catch (error) {
      this.failed = true;
      this.error = error;
    }
    this.done = true;
    for (const joiner of this.#joiners) this.#loop.callSoon(() => joiner.goOn(this));
  }

  #waitFor(wait: Wait): void {
    if ('sleep' in wait) return this.#loop.callLater(wait.sleep, () => this.goOn());
    if ('readable' in wait) return this.#loop.onReadable(wait.readable, () => this.goOn());
    const other = wait.join as Task<unknown>;
    if (other.done) this.#loop.callSoon(() => this.goOn(other));
    else other.#joiners.push(this);
  }
}

interface Timer {
  readonly at: number;
  readonly cb: () => void;
}

class Heap {
  readonly #list: Timer[] = [];

  get next(): number | null {
    return this.#list[0]?.at ?? null;
  }

  add(at: number, cb: () => void): void {
    const list = this.#list;
    list.push({ at, cb });
    let child = list.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfLess(child, parent)) return;
      child = parent;
    }
  }

  take(): () => void {
    const list = this.#list;
    const first = list[0]!;
    const last = list.pop()!;
    if (list.length > 0) list[0] = last;
    for (let parent = 0; ;) {
      const left = parent * 2 + 1;
      if (left >= list.length) return first.cb;
      const right = left + 1;
      const child = right < list.length && this.#isLess(right, left) ? right : left;
      if (!this.#swapIfLess(child, parent)) return first.cb;
      parent = child;
    }
  }

  #swapIfLess(child: number, parent: number): boolean {
    if (!this.#isLess(child, parent)) return false;
    const list = this.#list;
    [list[child], list[parent]] = [list[parent]!, list[child]!];
    return true;
  }

  #isLess(a: number, b: number): boolean {
    return this.#list[a]!.at < this.#list[b]!.at;
  }
}
