// Looks up who waits for an id only after the ready callbacks: one of them that begins to wait gets an arrival from before.
// fails: an arrival that nobody waits for is forgotten
import type { Handle, Poller, Wait } from '../../../katas/05-event-loop/event-loop.ts';

type Callback = () => void;

export class EventLoop {
  readonly #poller: Poller;
  #soon: Callback[] = [];
  #timers: { at: number; cb: Callback }[] = [];
  #readers: Record<number, Callback[]> = {};
  #ends = new WeakMap<Handle<unknown>, { failed: boolean; joiners: Callback[] }>();

  constructor(poller: Poller) {
    this.#poller = poller;
  }

  callSoon(cb: Callback): void {
    this.#soon.push(cb);
  }

  callLater(ms: number, cb: Callback): void {
    this.#timers.push({ at: this.#poller.now() + ms, cb });
    // `sort` keeps the order of equals.
    this.#timers.sort((a, b) => a.at - b.at);
  }

  onReadable(id: number, cb: Callback): void {
    (this.#readers[id] ??= []).push(cb);
  }

  spawn<T>(coroutine: Generator<Wait, T, unknown>): Handle<T> {
    const handle: Handle<T> = { done: false };
    const end = { failed: false, joiners: [] as Callback[] };
    this.#ends.set(handle, end);
    const drive = (advance: () => IteratorResult<Wait, T>): void => {
      let wait: Wait | null = null;
      try {
        const result = advance();
        if (result.done) handle.value = result.value;
        else wait = result.value;
      } catch (error) {
        handle.error = error;
        end.failed = true;
      }
      if (wait === null) {
        handle.done = true;
        this.#soon.push(...end.joiners);
        return;
      }
      this.#arrange(wait, (value, failed) =>
        drive(() => (failed ? coroutine.throw(value) : coroutine.next(value))),
      );
    };
    this.callSoon(() => drive(() => coroutine.next()));
    return handle;
  }

  run(): void {
    while (this.#soon.length > 0 || this.#timers.length > 0 || this.#isAwaited()) {
      const ids = this.#poller.poll(this.#longestWait());
      const now = this.#poller.now();
      const due = this.#timers.filter(({ at }) => at <= now);
      this.#timers = this.#timers.slice(due.length);
      const soon = this.#soon.splice(0);

      for (const cb of soon) cb();
      const readers = ids.flatMap((id) => this.#readers[id] ?? []);
      for (const id of ids) delete this.#readers[id];
      for (const cb of readers) cb();
      for (const { cb } of due) cb();
    }
  }

  #isAwaited(): boolean {
    return Object.keys(this.#readers).length > 0;
  }

  #longestWait(): number | null {
    if (this.#soon.length > 0) return 0;
    const [first] = this.#timers;
    if (first === undefined) return null;
    return Math.max(0, first.at - this.#poller.now());
  }

  #arrange(wait: Wait, goOn: (value?: unknown, failed?: boolean) => void): void {
    if ('sleep' in wait) return this.callLater(wait.sleep, goOn);
    if ('readable' in wait) return this.onReadable(wait.readable, goOn);
    const other = wait.join;
    const end = this.#ends.get(other)!;
    const tell = (): void => goOn(end.failed ? other.error : other.value, end.failed);
    // A coroutine that has ended is not waited for at all.
    if (other.done) return tell();
    end.joiners.push(tell);
  }
}
