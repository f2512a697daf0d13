/**
 * A promise that a spec opens when it likes: work waits at it instead of sleeping.
 *
 * @example
 * const page = gate<string>();
 * const work = render(() => page.wait());
 * expect(page.waiting).toBe(1);
 * page.open('text');
 * await work;
 */
export class Gate<T = void> {
  #settled = Promise.withResolvers<T>();
  #state: 'closed' | 'opened' | 'failed' = 'closed';
  #waiting = 0;

  constructor() {
    // A gate that fails while nobody waits is no unhandled rejection: whoever comes later is told.
    this.#settled.promise.catch(() => {});
  }

  /** Whether it was opened; a gate that failed was not. */
  get opened(): boolean {
    return this.#state === 'opened';
  }

  /** How many wait at it now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Lets everybody through, now and later. Only the first of `open` and `fail` counts. */
  open(value: T): void {
    this.#settle('opened', () => this.#settled.resolve(value));
  }

  /** Rejects everybody with `error`, now and later. Only the first of `open` and `fail` counts. */
  fail(error: unknown): void {
    this.#settle('failed', () => this.#settled.reject(error));
  }

  /** Waits until the gate opens. An abort rejects with the signal's reason and leaves no listener. */
  async wait(options: { signal?: AbortSignal | undefined } = {}): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const leave = (): void => {
      if (this.#state === 'closed') this.#waiting -= 1;
      aborted.reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    if (this.#state === 'closed') this.#waiting += 1;
    try {
      return await Promise.race([this.#settled.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #settle(state: 'opened' | 'failed', settle: () => void): void {
    if (this.#state !== 'closed') return;
    this.#state = state;
    this.#waiting = 0;
    settle();
  }
}

/** A gate that is closed. */
export function gate<T = void>(): Gate<T> {
  return new Gate<T>();
}

/**
 * `count` closed gates.
 *
 * @throws {RangeError} if `count` is no whole number, or below zero.
 */
export function gates<T = void>(count: number): Gate<T>[] {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Expected a whole number of gates, got \`${count}\`.`);
  }
  return Array.from({ length: count }, () => new Gate<T>());
}
