// Starts each child a microtask later, keeps a list that may grow while it is awaited, and lets `using` take the listener off the parent.
import { addAbortListener } from 'node:events';

export class TaskGroup {
  #list: Promise<void>[] = [];
  #errors: unknown[] = [];
  #abort = new AbortController();
  #parent: AbortSignal | undefined;
  #listening: Disposable | undefined;
  #ended = false;

  constructor(options?: { signal?: AbortSignal }) {
    const parent = options?.signal;
    this.#parent = parent;
    if (!parent) return;
    if (parent.aborted) this.#abort.abort(parent.reason);
    else this.#listening = addAbortListener(parent, () => this.#abort.abort(parent.reason));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal.aborted) throw new TaskGroupClosedError('Cancelled.', { cause: signal.reason });
    if (this.#ended) throw new TaskGroupClosedError('Ended.');
    const child = Promise.resolve().then(() => fn(signal));
    this.#list.push(child.then(() => {}, this.#note));
    return child;
  }

  async join(): Promise<void> {
    await this.#wait();
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, 'The group failed.');
    if (this.#parent?.aborted) {
      throw new DOMException('The parent was aborted.', {
        name: 'AbortError',
        cause: this.#parent.reason,
      });
    }
  }

  cancel(reason?: unknown): void {
    this.#abort.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#abort.abort(new TaskGroupClosedError('The block was left.'));
    await this.#wait();
  }

  async #wait(): Promise<void> {
    for (const child of this.#list) await child;
    this.#ended = true;
    this.#listening?.[Symbol.dispose]();
  }

  #note = (error: unknown): void => {
    const { aborted, reason } = this.signal;
    if (aborted && error === reason) return;
    if (aborted && isAnswer(error) && error.cause === reason) return;
    if (this.#errors.includes(error)) return;
    this.#errors.push(error);
    this.#abort.abort(error);
  };
}

class TaskGroupClosedError extends Error {
  override name = 'TaskGroupClosedError';
}

function isAnswer(error: unknown): error is Error {
  return error instanceof Error && ['AbortError', 'TaskGroupClosedError'].includes(error.name);
}
