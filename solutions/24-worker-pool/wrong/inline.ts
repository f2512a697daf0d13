// An `async` method and a turn of the loop before the work: the work still runs on the thread of the event loop.
// fails: the server stays responsive during CPU work
// fails: runs as many tasks at once as it has threads, and no more
// fails: uses its threads again
// fails: gives a free thread the next task at once
// fails: starts waiting tasks in the order in which they came
// fails: rejects with the name and the message of the error of a task
// fails: an uncaught error in a thread rejects its own task only
// fails: process.exit in a task rejects that task only, whatever the code
// fails: an unhandled rejection in a thread rejects its own task only
// fails: a new thread takes the place of one that ended
// fails: an abort takes a waiting task out of the queue at once
// fails: an aborted task gives up its place in the queue
// fails: an abort stops a running task and frees its place
// fails: an abort leaves the tasks of others alone
// fails: an abort ends the thread of its task, and of no other
// fails: refuses a task whose signal is already aborted
// fails: leaves no listener on the signal
// fails: leaves no listener on the signal of a task that never ran
// fails: refuses an input that cannot be cloned, and loses no thread by it
// fails: moves what is to be transferred, and makes no copy of it
// fails: rejects with a QueueFullError when no more tasks may wait
// fails: with maxQueue: 0 runs a task for which a thread is free
// fails: without maxQueue any number of tasks may wait
// fails: forgets no task that it accepted before it closes
// fails: closes also when a task fails meanwhile
// fails: may be closed twice
// fails: ends its threads when it is closed
// fails: refuses tasks once it is closed
// fails: refuses tasks while it closes
// fails: keeps the process alive until its tasks are done
// fails: POST /process answers 503 when no more tasks may wait
// fails: POST /process parses no body of several megabytes by itself
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** More tasks than may wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Runs the task that `script` exports as its default, for one input after another. */
export class WorkerPool {
  #task: Promise<{ default: (input: unknown) => unknown }>;

  constructor(script: URL, _options: { size: number; maxQueue?: number }) {
    this.#task = import(script.href);
  }

  async run<T>(
    input: unknown,
    { signal }: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    const { default: task } = await this.#task;
    await new Promise((resolve) => setImmediate(resolve));
    return (await task(input)) as T;
  }

  async close(): Promise<void> {}
}

/** For bodies of up to this many bytes the trip to a thread takes longer than the work. */
const smallBody = 1000;

/** Builds the server: `POST /process` sorts a list of numbers by their square. */
export function buildApp({ pool }: { pool: Pick<WorkerPool, 'run'> }): FastifyInstance {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 });

  app.setErrorHandler<Error>((error, _request, reply) => {
    reply.code(error.name === 'QueueFullError' ? 503 : 500).send({ error: error.message });
  });

  app.post<{ Body: number[] }>('/process', async ({ body, headers }) => {
    if (Number(headers['content-length']) <= smallBody) return sortBySquare(body);
    return pool.run(body);
  });

  return app;
}

function sortBySquare(numbers: number[]): number[] {
  return numbers.toSorted((a, b) => a * a - b * b);
}
