import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

type Query = (thread: Worker) => Promise<void>;

// One async loop for each connection: take a query, wait for its end, take the next one. This file is also what runs in the threads.
// Each query has a channel of its own: rows cannot come to the wrong caller.
export class Database {
  #file: string;
  #queries: Query[] = [];
  #free: ((query: Query | null) => void)[] = [];
  #loops: Promise<void>[];
  #closing = false;

  constructor(file: string, { max = 4 }: { max?: number } = {}) {
    this.#file = file;
    this.#loops = Array.from({ length: max }, () => this.#loop());
  }

  query<Row>(
    sql: string,
    params: unknown[] = [],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    return new Promise<Row[]>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closing) throw new Error('This database takes no more queries.');
      const leave = (): void => {
        this.#queries = this.#queries.filter((waiting) => waiting !== query);
        reject(signal?.reason);
      };
      const query = async (thread: Worker): Promise<void> => {
        await ask<Row>(thread, sql, params).then(resolve, reject);
        signal?.removeEventListener('abort', leave);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const free = this.#free.shift();
      if (free) free(query);
      else this.#queries.push(query);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const free of this.#free.splice(0)) free(null);
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    let thread: Worker | null = null;
    for (;;) {
      const query = await this.#take();
      if (query === null) break;
      if (thread === null || thread.threadId === -1) thread = this.#start();
      await query(thread);
    }
    await thread?.terminate();
  }

  #take(): Query | null | Promise<Query | null> {
    const next = this.#queries.shift();
    if (next !== undefined) return next;
    if (this.#closing) return null;
    return new Promise((resolve) => {
      this.#free.push(resolve);
    });
  }

  #start(): Worker {
    const thread = new Worker(new URL(import.meta.url), {
      workerData: { databaseFile: this.#file },
    });
    // An error in a thread that is free concerns nobody. The thread is told by its exit.
    thread.on('error', () => {});
    return thread;
  }
}

/** One query on one thread. Settles when the thread is free again, or gone. */
async function ask<Row>(thread: Worker, sql: string, params: unknown[]): Promise<Row[]> {
  const over = new AbortController();
  const { port1, port2 } = new MessageChannel();
  try {
    thread.postMessage({ sql, params, port: port2 }, [port2]);
    const answer = once(port1, 'message', { signal: over.signal });
    const exit = once(thread, 'exit', { signal: over.signal });
    answer.catch(() => {});
    exit.catch(() => {});
    const [first] = await Promise.race([answer, exit]);
    if (typeof first === 'number') throw new Error(`The thread is gone (exit code ${first}).`);
    if (first.error)
      throw Object.assign(new Error(first.error.message), { name: first.error.name });
    return first.rows;
  } finally {
    over.abort();
    port1.close();
  }
}

if (!isMainThread && workerData?.databaseFile) answerQueries(workerData.databaseFile);

function answerQueries(file: string): void {
  const database = new DatabaseSync(file);
  parentPort!.on(
    'message',
    ({ sql, params, port }: { sql: string; params: any[]; port: MessagePort }) => {
      try {
        port.postMessage({ rows: database.prepare(sql).all(...params) });
      } catch (error) {
        const { name, message } = error as Error;
        port.postMessage({ error: { name, message } });
      }
      port.close();
    },
  );
}
