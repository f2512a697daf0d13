import { AsyncLocalStorage } from 'node:async_hooks';
import { Caller } from './caller.ts';
import { real } from '../trace/real-time.ts';
import { rulingClock, type RulingClock } from './ruling-clock.ts';

export type TimerCallback = (...parameters: unknown[]) => unknown;

/** What `clearTimeout` takes. */
export type TimerReference = VirtualTimer | NodeJS.Timeout | string | number | undefined;

/** The longest delay that a timer takes; a longer one is taken as 1 ms. https://nodejs.org/api/timers.html */
export const longestDelayMs = 2 ** 31 - 1;

/** Timers that are armed, on whatever clock. */
export const armedTimers = new Set<VirtualTimer>();

// Far above the identifiers that Node hands out, so that a number always tells whose timer it is.
let lastId = 1e9;
const timersById = new Map<number, VirtualTimer>();

/**
 * What `setTimeout` and `setInterval` return. It outlives its clock: undici keeps one timer for the whole process and
 * calls `refresh()` on it, which must arm it on whatever clock rules at that moment, or undici's timeouts are dead.
 */
export class VirtualTimer {
  readonly kind: string;
  readonly delayMs: number;
  readonly repeats: boolean;
  readonly caller = new Caller(VirtualTimer);
  #callback: TimerCallback;
  #parameters: readonly unknown[];
  // Node calls a timer back in the asynchronous context in which it was started: AsyncLocalStorage relies on it.
  #inContext = AsyncLocalStorage.snapshot();
  #dueAt = 0;
  #clock: RulingClock | null = null;
  #callOff: (() => void) | null = null;
  #realHandle: NodeJS.Timeout | null = null;
  #referenced = true;
  #closed = false;
  #id: number | null = null;

  constructor(
    kind: string,
    callback: TimerCallback,
    delay: unknown,
    parameters: readonly unknown[] = [],
  ) {
    this.kind = kind;
    this.repeats = kind === 'setInterval' || kind === 'timers/promises.setInterval';
    this.delayMs = effectiveDelay(delay);
    this.#callback = callback;
    this.#parameters = parameters;
    this.#arm(this.delayMs);
  }

  /** Calls the callback. Only a clock calls this, when the timer is due. */
  fire(): void {
    this.#disarm();
    try {
      this.#inContext(this.#callback, ...this.#parameters);
    } finally {
      this.#afterCallback();
    }
  }

  /**
   * Moves a pending timer, with the time it has left, to the clock that rules now. In real time a moved timer keeps no
   * process alive.
   */
  migrate(): void {
    const left = this.#dueAt - (this.#clock?.now ?? real.now());
    this.#arm(Math.max(0, left));
    this.#realHandle?.unref();
  }

  /** Stops the timer for good without counting it as cleared by its owner. */
  abandon(): void {
    this.#closed = true;
    this.#disarm();
    this.#forgetId();
  }

  /** Starts the delay anew, also after the timer fired; nothing once it was cleared. */
  refresh(): this {
    if (!this.#closed) this.#arm(this.delayMs);
    return this;
  }

  close(): this {
    if (!this.#closed) this.#clock?.cleared(this);
    this.abandon();
    return this;
  }

  ref(): this {
    this.#referenced = true;
    this.#realHandle?.ref();
    return this;
  }

  unref(): this {
    this.#referenced = false;
    this.#realHandle?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  /** Whether the learner's code or the spec started it, and no library. */
  get isOfTest(): boolean {
    const { owner } = this.caller;
    return owner === 'learner' || owner === 'spec';
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === null) {
      lastId += 1;
      this.#id = lastId;
      timersById.set(lastId, this);
    }
    return this.#id;
  }

  #arm(leftMs: number): void {
    this.#disarm();
    armedTimers.add(this);
    this.#clock = rulingClock();
    this.#dueAt = (this.#clock?.now ?? real.now()) + leftMs;
    this.#callOff = this.#clock?.schedule(this, leftMs) ?? this.#scheduleReally(leftMs);
  }

  #scheduleReally(leftMs: number): () => void {
    const handle = real.setTimeout(() => this.fire(), leftMs);
    if (!this.#referenced) handle.unref();
    this.#realHandle = handle;
    return () => real.clearTimeout(handle);
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#realHandle = null;
    armedTimers.delete(this);
  }

  #afterCallback(): void {
    if (this.#callOff || this.#closed) return;
    if (this.repeats) this.#arm(this.delayMs);
    else this.#forgetId();
  }

  #forgetId(): void {
    if (this.#id !== null) timersById.delete(this.#id);
  }
}

/**
 * Ends the timers that a learner's code or a spec has left and that keep no process alive, as the end of the process would: an `AbortSignal.timeout` in real
 * time, for one. Each later clock would take them over, and the timelines of later tests would show them.
 */
export function endIdleTimers(): void {
  // Each that ends leaves the set.
  for (const timer of Array.from(armedTimers)) {
    if (!timer.hasRef() && timer.isOfTest) timer.abandon();
  }
}

/** Clears a timer by its handle or its number, as `clearTimeout` and `clearInterval` do; anything else is left alone. */
export function clearTimer(timer: TimerReference): void {
  if (timer instanceof VirtualTimer) {
    timer.close();
    return;
  }
  const known = typeof timer === 'object' ? undefined : timersById.get(Number(timer));
  if (known) known.close();
  else real.clearTimeout(timer);
}

function effectiveDelay(delay: unknown): number {
  const milliseconds = Number(delay);
  const accepted = milliseconds >= 1 && milliseconds <= longestDelayMs;
  return accepted ? Math.trunc(milliseconds) : 1;
}
