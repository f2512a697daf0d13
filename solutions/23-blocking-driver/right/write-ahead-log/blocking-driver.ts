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
  #idle: Worker[] = [];
  #running = new Map<Worker, Query>();
  #waiting: Query[] = [];
  #accepted = new Set<Promise<unknown>>();
  #closing = false;

  constructor(file: string, { max = 4 }: { max?: number } = {}) {
    this.#file = file;
    this.#max = max;
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
      this.#waiting = this.#waiting.filter((waiting) => waiting !== query);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    this.#accepted.add(promise);
    this.#waiting.push(query);
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
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop() ?? this.#start();
      if (thread === null) return;
      const query = this.#waiting.shift()!;
      try {
        thread.postMessage({ sql: query.sql, params: query.params });
        this.#running.set(thread, query);
      } catch (error) {
        // A parameter cannot be cloned: nothing was sent, and the thread is still free.
        this.#idle.push(thread);
        query.reject(error);
      }
    }
  }

  #start(): Worker | null {
    if (this.#threads.size === this.#max) return null;
    const script = new URL('database-worker.ts', import.meta.url);
    const thread = new Worker(script, { workerData: this.#file });
    this.#threads.add(thread);
    thread.on('message', ({ rows, error }) => {
      const query = this.#running.get(thread);
      this.#running.delete(thread);
      this.#idle.push(thread);
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
      this.#idle = this.#idle.filter((idle) => idle !== thread);
      this.#next();
    });
    return thread;
  }
}
