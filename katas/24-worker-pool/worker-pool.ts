import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** More tasks than may wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

// TODO: all the CPU work is done on the thread of the event loop: each task, and the parsing of a large body too.
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
