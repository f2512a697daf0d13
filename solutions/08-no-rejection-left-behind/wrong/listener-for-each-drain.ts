// Each `drain` listens to one emitter: where more than ten wait, Node warns of a leak on stderr.
// fails: every drain waits for the tasks that run then
import { EventEmitter, once } from 'node:events';

export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #ends = new EventEmitter();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#running.delete(task);
        if (this.#running.size === 0) this.#ends.emit('idle');
      });
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await once(this.#ends, 'idle');
  }
}
