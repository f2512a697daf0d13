// An `async` listener of an event: the emitter throws its promise away, and with it the error.
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
// fails: each failure is told to onError once, with its very error, falsy or not
// fails: a failure is told at the moment when it happens
// fails: two tasks that fail with the same error are told twice
// fails: an await gives the value or the error, however late it comes
// fails: a task that throws at once has failed like any other
// fails: drain resolves though tasks fail, when the last one has ended
// fails: drain resolves at once when no task runs
import { EventEmitter, once } from 'node:events';

export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #tasks = new EventEmitter().setMaxListeners(0);
  #running = 0;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
    this.#tasks.on('error', this.#onError);
    this.#tasks.on('task', async (fn: () => unknown, resolve: (value: unknown) => void) => {
      this.#running += 1;
      try {
        resolve(await fn());
      } finally {
        this.#running -= 1;
        this.#tasks.emit('ended');
      }
    });
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      this.#tasks.emit('task', fn, resolve);
    });
  }

  async drain(): Promise<void> {
    while (this.#running > 0) await once(this.#tasks, 'ended');
  }
}
