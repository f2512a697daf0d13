// A timer looks every hundred milliseconds whether a thread is free: each waiting task comes late by that.
// fails: gives a free thread the next task at once
import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** More tasks than may wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

interface Task {
  input: unknown;
  transfer: Transferable[];
  resolve: (value: any) => void;
  reject: (error: unknown) => void;
}

/** Runs the task that `script` exports as its default, for one input after another. */
export class WorkerPool {
  #script: URL;
  #size: number;
  #maxQueue: number;
  #threads = new Set<Worker>();
  #idle: Worker[] = [];
  #running = new Map<Worker, Task>();
  #queue: Task[] = [];
  #accepted = new Set<Promise<unknown>>();
  #closing = false;
  #timer = setInterval(() => this.#next(), 100);

  constructor(script: URL, { size, maxQueue = Infinity }: { size: number; maxQueue?: number }) {
    this.#script = script;
    this.#size = size;
    this.#maxQueue = maxQueue;
    this.#timer.unref();
  }

  async run<T>(
    input: unknown,
    { signal, transfer = [] }: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('The pool is closed.');
    if (this.#running.size === this.#size && this.#queue.length >= this.#maxQueue) {
      throw new QueueFullError(`All threads are busy, and ${this.#queue.length} tasks wait.`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const task = { input, transfer, resolve, reject };
    const abort = () => this.#abort(task, signal?.reason);
    signal?.addEventListener('abort', abort);
    this.#accepted.add(promise);
    this.#queue.push(task);
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
    clearInterval(this.#timer);
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop() ?? this.#start();
      if (thread === null) return;
      const task = this.#queue.shift()!;
      try {
        thread.postMessage(task.input, task.transfer);
        this.#running.set(thread, task);
      } catch (error) {
        // The input cannot be cloned: nothing was sent, and the thread is still free.
        this.#idle.push(thread);
        task.reject(error);
      }
    }
  }

  #start(): Worker | null {
    if (this.#threads.size === this.#size) return null;
    const thread = new Worker(new URL('pool-worker.ts', import.meta.url), {
      workerData: this.#script.href,
    });
    this.#threads.add(thread);
    thread.on('message', ({ value, error }) => {
      const task = this.#running.get(thread);
      this.#running.delete(thread);
      this.#idle.push(thread);
      if (error) task?.reject(Object.assign(new Error(error.message), { name: error.name }));
      else task?.resolve(value);
    });
    thread.on('error', (error) => this.#running.get(thread)?.reject(error));
    // `process.exit` in a thread makes no `error`. After an `error`, and after `terminate`, there is an `exit` too.
    thread.on('exit', (code) => {
      this.#running.get(thread)?.reject(new Error(`The thread ended with exit code ${code}.`));
      this.#running.delete(thread);
      this.#threads.delete(thread);
      this.#idle = this.#idle.filter((idle) => idle !== thread);
    });
    return thread;
  }

  /** JavaScript that computes hears no signal: only the end of its thread stops it. */
  #abort(task: Task, reason: unknown): void {
    task.reject(reason);
    this.#queue = this.#queue.filter((waiting) => waiting !== task);
    for (const [thread, running] of this.#running) {
      if (running !== task) continue;
      // Its answer may be on the way already. It must not make an ending thread look free.
      thread.removeAllListeners('message');
      void thread.terminate();
    }
  }
}

/** For bodies of up to this many bytes the trip to a thread takes longer than the work. */
const smallBody = 1000;

/** Builds the server: `POST /process` sorts a list of numbers by their square. */
export function buildApp({ pool }: { pool: Pick<WorkerPool, 'run'> }): FastifyInstance {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 });

  app.setErrorHandler<Error>((error, _request, reply) => {
    reply.code(error.name === 'QueueFullError' ? 503 : 500).send({ error: error.message });
  });

  // The body stays what it is, bytes: copying them to a thread is quick. To parse them is work for the thread.
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_: unknown, body: Buffer) => body,
  );

  app.post<{ Body: Buffer }>('/process', async ({ body }, reply) => {
    reply.type('application/json');
    if (body.length <= smallBody) return JSON.stringify(sortBySquare(JSON.parse(body.toString())));
    return pool.run(body);
  });

  return app;
}

function sortBySquare(numbers: number[]): number[] {
  return numbers.toSorted((a, b) => a * a - b * b);
}
