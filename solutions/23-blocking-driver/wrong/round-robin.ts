// Queries are dealt out in turn: every second one waits behind the long one, while the other thread has nothing to do.
// fails: short queries end while a long one runs on another connection
import { Worker } from 'node:worker_threads';

interface Query {
  sql: string;
  params: unknown[];
  resolve: (rows: any) => void;
  reject: (error: unknown) => void;
}

/** A SQLite file that can be asked while the program goes on. */
export class Database {
  #file: string;
  #max: number;
  #threads = new Set<Worker>();
  #slots: (Worker | undefined)[] = [];
  #running = new Map<Worker, Query>();
  #queues: Query[][];
  #turn = 0;
  #accepted = new Set<Promise<unknown>>();
  #closing = false;

  constructor(file: string, { max = 4 }: { max?: number } = {}) {
    this.#file = file;
    this.#max = max;
    this.#queues = Array.from({ length: max }, () => []);
  }

  async query<Row>(
    sql: string,
    params: unknown[] = [],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('The database is closed.');
    const { promise, resolve, reject } = Promise.withResolvers<Row[]>();
    const query = { sql, params, resolve, reject };
    // SQLite goes on with a query that runs. Its thread stays busy, and its rows will come too late for anybody.
    const abort = () => {
      this.#queues = this.#queues.map((queue) => queue.filter((waiting) => waiting !== query));
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    this.#accepted.add(promise);
    this.#queues[this.#turn++ % this.#max]!.push(query);
    this.#next();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#accepted.delete(promise);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#accepted);
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #next(): void {
    for (const [slot, queue] of this.#queues.entries()) {
      if (queue.length === 0) continue;
      const thread = (this.#slots[slot] ??= this.#start(slot));
      if (this.#running.has(thread)) continue;
      const query = queue.shift()!;
      try {
        thread.postMessage({ sql: query.sql, params: query.params });
        this.#running.set(thread, query);
      } catch (error) {
        query.reject(error);
      }
    }
  }

  #start(slot: number): Worker {
    const script = new URL('database-worker.ts', import.meta.url);
    const thread = new Worker(script, { workerData: this.#file });
    this.#threads.add(thread);
    thread.on('message', ({ rows, error }) => {
      const query = this.#running.get(thread);
      this.#running.delete(thread);
      if (error) query?.reject(Object.assign(new Error(error.message), { name: error.name }));
      else query?.resolve(rows);
      this.#next();
    });
    thread.on('error', (error) => this.#running.get(thread)?.reject(error));
    // A thread can end without an `error`, but never without an `exit`.
    thread.on('exit', (code) => {
      this.#running.get(thread)?.reject(new Error(`The thread ended with exit code ${code}.`));
      this.#running.delete(thread);
      this.#threads.delete(thread);
      this.#slots[slot] = undefined;
      this.#next();
    });
    return thread;
  }
}
