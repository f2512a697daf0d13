// A counter and one promise for the moment when nobody is left. The parent is joined by AbortSignal.any, so there is no listener to remove. Whatever has
// the reason for its cause is an answer to the abort.
export class TaskGroup {
  readonly #own = new AbortController();
  readonly #parent: AbortSignal | null;
  readonly #failures = new Set<unknown>();
  readonly signal: AbortSignal;
  #running = 0;
  #empty = Promise.withResolvers<void>();
  #state: 'open' | 'ended' = 'open';

  constructor({ signal }: { signal?: AbortSignal } = {}) {
    this.#parent = signal ?? null;
    this.signal = signal ? AbortSignal.any([signal, this.#own.signal]) : this.#own.signal;
    this.#empty.resolve();
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#state === 'ended' || this.signal.aborted) throw closed(this.signal);
    if (this.#running === 0) this.#empty = Promise.withResolvers();
    this.#running += 1;
    const result = (async () => fn(this.signal))();
    void result
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#running -= 1;
        if (this.#running === 0) this.#empty.resolve();
      });
    return result;
  }

  async join(): Promise<void> {
    await this.#emptied();
    if (this.#failures.size > 0) throw new AggregateError(this.#failures);
    if (this.#parent?.aborted) throw this.#parent.reason;
  }

  cancel(reason?: unknown): void {
    this.#own.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open') this.cancel();
    await this.#emptied();
  }

  async #emptied(): Promise<void> {
    while (this.#running > 0) await this.#empty.promise;
    this.#state = 'ended';
  }

  #fail(error: unknown): void {
    const { aborted, reason } = this.signal;
    const told = error instanceof Error ? error.cause : error;
    if (aborted && (error === reason || told === reason)) return;
    this.#failures.add(error);
    this.#own.abort(error);
  }
}

function closed({ aborted, reason }: AbortSignal): Error {
  const error = new Error('This group takes no more children.', aborted ? { cause: reason } : {});
  error.name = 'TaskGroupClosedError';
  return error;
}
