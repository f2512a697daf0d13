import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

type Callback = (error: unknown, rows?: any[]) => void;
type Task = { sql: string; params: unknown[]; callback: Callback; cancelled: boolean };

function once(callback: Callback): Callback {
  let called = false;
  return (error, rows) => {
    if (called) return;
    called = true;
    callback(error, rows);
  };
}

// As it was written before there was `async`: each query has a callback, which is called once. What is refused before it has begun is
// thrown at once.
export class Database {
  private file: string;
  private max: number;
  private idle: Worker[] = [];
  private all: Worker[] = [];
  private tasks: Task[] = [];
  private closed = false;
  private pending = 0;
  private whenDone: Array<() => void> = [];

  constructor(file: string, options?: { max?: number }) {
    this.file = file;
    this.max = options?.max ?? 2;
  }

  query<Row>(sql: string, params?: unknown[], options?: { signal?: AbortSignal }): Promise<Row[]> {
    const signal = options?.signal;
    if (this.closed) throw new Error('Database is closed');
    if (signal?.aborted) throw signal.reason;
    return new Promise((resolve, reject) => {
      const callback = once((error, rows) => {
        signal?.removeEventListener('abort', onAbort);
        this.pending--;
        if (error) reject(error);
        else resolve(rows as Row[]);
        if (this.pending === 0) {
          for (const done of this.whenDone.splice(0)) done();
        }
      });
      const task: Task = { sql, params: params || [], callback, cancelled: false };
      const onAbort = (): void => {
        task.cancelled = true;
        const error = new Error('The query was aborted', { cause: signal!.reason });
        error.name = 'AbortError';
        callback(error);
      };
      this.pending++;
      signal?.addEventListener('abort', onAbort);
      this.tasks.push(task);
      this.next();
    });
  }

  close(): Promise<void> {
    this.closed = true;
    return new Promise((resolve) => {
      const stop = (): void => {
        let left = this.all.length;
        if (left === 0) return resolve();
        this.all.slice().forEach((worker) => {
          worker.once('exit', () => {
            left--;
            if (left === 0) resolve();
          });
          void worker.terminate();
        });
      };
      if (this.pending === 0) stop();
      else this.whenDone.push(stop);
    });
  }

  private next() {
    while (this.tasks.length > 0) {
      if (this.tasks[0]!.cancelled) {
        this.tasks.shift();
        continue;
      }
      if (this.idle.length === 0) {
        if (this.all.length >= this.max) return;
        this.idle.push(this.open());
      }
      this.give(this.idle.shift()!, this.tasks.shift()!);
    }
  }

  private open(): Worker {
    const worker = new Worker(fileURLToPath(new URL('database-worker.ts', import.meta.url)), {
      workerData: this.file,
    });
    this.all.push(worker);
    worker.on('error', () => {});
    worker.once('exit', () => {
      this.all = this.all.filter((one) => one !== worker);
      this.idle = this.idle.filter((one) => one !== worker);
      this.next();
    });
    return worker;
  }

  private give(worker: Worker, task: Task) {
    let failure: unknown;
    const cleanUp = (): void => {
      worker.removeListener('message', onMessage);
      worker.removeListener('error', onError);
      worker.removeListener('exit', onExit);
    };
    const onMessage = (message: any): void => {
      cleanUp();
      this.idle.push(worker);
      if (message.error) {
        const error = new Error(message.error.message);
        error.name = message.error.name;
        task.callback(error);
      } else {
        task.callback(null, message.rows);
      }
      this.next();
    };
    const onError = (error: unknown): void => {
      failure = error;
    };
    const onExit = (code: number): void => {
      cleanUp();
      task.callback(failure || new Error('Worker stopped with exit code ' + code));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    try {
      worker.postMessage({ sql: task.sql, params: task.params });
    } catch (error) {
      cleanUp();
      this.idle.push(worker);
      task.callback(error);
    }
  }
}
