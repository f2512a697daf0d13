// Each task listens to one emitter: from the eleventh on, Node warns of a leak on stderr.
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
import { EventEmitter } from 'node:events';

export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #failures = new EventEmitter();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const tell = (failed: unknown, error: unknown): void => {
      if (failed === task) this.#onError(error);
    };
    this.#failures.on('failure', tell);
    this.#running.add(task);
    task
      .catch((error: unknown) => this.#failures.emit('failure', task, error))
      .finally(() => {
        this.#failures.off('failure', tell);
        this.#running.delete(task);
      });
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
