// Given: a pool with one worker thread, which counts letters. What it has counted it saves to the database.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Database } from './database.ts';
import { tell } from './tell.ts';

const script = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id, text }) => parentPort.postMessage({ id, letters: text.length }));
`;

export class Pool {
  #database: Database;
  #thread = new Worker(script, { eval: true, execArgv: [] });
  #tasks = new Map<number, (letters: number) => void>();
  #asked = 0;
  #open = true;

  constructor(database: Database) {
    this.#database = database;
    this.#thread.on('message', ({ id, letters }: { id: number; letters: number }) => {
      this.#tasks.get(id)?.(letters);
      this.#tasks.delete(id);
    });
  }

  /** Counts the letters of `text` and saves their number. Rejects when the pool or the database is closed. */
  async run(text: string): Promise<number> {
    if (!this.#open) throw new Error(`The pool is closed: it cannot count "${text}".`);
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#asked += 1;
    this.#tasks.set(this.#asked, resolve);
    this.#thread.postMessage({ id: this.#asked, text });
    const letters = await promise;
    await this.#database.save(`${text}: ${letters}`);
    return letters;
  }

  /** Ends the thread. Call it when no task runs. */
  async close(): Promise<void> {
    tell('the pool begins to close');
    this.#open = false;
    const exited = once(this.#thread, 'exit');
    await this.#thread.terminate();
    await exited;
    tell('the pool is closed');
  }
}
