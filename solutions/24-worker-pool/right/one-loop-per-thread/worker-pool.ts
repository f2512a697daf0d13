import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

interface Task {
  readonly start: (thread: Worker) => Promise<void>;
}

// One async loop for each thread: take a task, wait for its end, take the next one. A free loop waits for a task, so the two
// lists are never both filled. Each task has a channel of its own: an answer cannot come to the wrong caller.
export class WorkerPool {
  #script: URL;
  #maxQueue: number;
  #tasks: Task[] = [];
  #free: ((task: Task | null) => void)[] = [];
  #loops: Promise<void>[];
  #closing = false;

  constructor(script: URL, { size, maxQueue = Infinity }: { size: number; maxQueue?: number }) {
    this.#script = script;
    this.#maxQueue = maxQueue;
    this.#loops = Array.from({ length: size }, () => this.#loop());
  }

  run<T>(
    input: unknown,
    { signal, transfer = [] }: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closing) throw new Error('This pool takes no more tasks.');
      const start = async (thread: Worker): Promise<void> => {
        signal?.removeEventListener('abort', leave);
        await ask<T>(thread, input, transfer, signal).then(resolve, reject);
      };
      const task = { start };
      const leave = (): void => {
        this.#tasks.splice(this.#tasks.indexOf(task), 1);
        reject(signal?.reason);
      };
      const free = this.#free.shift();
      if (free) return free(task);
      if (this.#tasks.length >= this.#maxQueue) throw new QueueFullError('Come again later.');
      signal?.addEventListener('abort', leave, { once: true });
      this.#tasks.push(task);
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
      const task = await this.#take();
      if (task === null) break;
      if (thread === null || thread.threadId === -1) thread = this.#start();
      await task.start(thread);
    }
    await thread?.terminate();
  }

  #take(): Task | null | Promise<Task | null> {
    const next = this.#tasks.shift();
    if (next !== undefined) return next;
    if (this.#closing) return null;
    return new Promise((resolve) => {
      this.#free.push(resolve);
    });
  }

  #start(): Worker {
    const file = new URL('pool-worker.ts', import.meta.url);
    const thread = new Worker(file, { workerData: this.#script.href });
    // An error in a thread that is free concerns no task. The thread is told by its exit.
    thread.on('error', () => {});
    return thread;
  }
}

/** One task on one thread. Settles when the thread is free again, or gone. */
async function ask<T>(
  thread: Worker,
  input: unknown,
  transfer: readonly Transferable[],
  signal: AbortSignal | undefined,
): Promise<T> {
  const over = new AbortController();
  const { port1, port2 } = new MessageChannel();
  const stop = (): void => void thread.terminate();
  // Not `once(thread, 'exit')`: that rejects at an `error`, when the thread has still to end, and would get the next task.
  const exit = Promise.withResolvers<[number]>();
  const end = (code: number): void => exit.resolve([code]);
  let reason: unknown;
  signal?.addEventListener('abort', stop, { signal: over.signal });
  thread.once('exit', end);
  thread.once('error', note);
  function note(error: unknown): void {
    reason = error;
  }
  try {
    signal?.throwIfAborted();
    thread.postMessage({ input, port: port2 }, [port2, ...transfer]);
    const answer = once(port1, 'message', { signal: over.signal });
    answer.catch(() => {});
    const [first] = await Promise.race([answer, exit.promise]);
    signal?.throwIfAborted();
    if (typeof first === 'number') {
      throw reason ?? new Error(`The thread is gone (exit code ${first}).`);
    }
    if (first.error)
      throw Object.assign(new Error(first.error.message), { name: first.error.name });
    return first.value;
  } finally {
    over.abort();
    thread.off('error', note);
    thread.off('exit', end);
    port1.close();
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
