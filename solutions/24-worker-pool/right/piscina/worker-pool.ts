import { fileURLToPath } from 'node:url';
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Piscina } from 'piscina';

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

// A pool that others maintain. What is left to do is to speak its language: names of options, and of errors.
export class WorkerPool {
  #pool: Piscina;
  #accepted = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor(script: URL, { size, maxQueue = Infinity }: { size: number; maxQueue?: number }) {
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('pool-worker.ts', import.meta.url)),
      workerData: script.href,
      minThreads: size,
      maxThreads: size,
      maxQueue,
      // Otherwise a waiting task may go to the end of the queue again.
      stricterFIFO: true,
    });
  }

  async run<T>(
    input: unknown,
    { signal, transfer = [] }: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    // Once closed, piscina would take tasks again.
    if (this.#closing) throw new Error('The pool is closed.');
    const answer = this.#pool.run(input, {
      // A signal of its own: piscina leaves its listener on it when the queue is full.
      signal: signal ? AbortSignal.any([signal]) : null,
      transferList: transfer as any,
    });
    this.#accepted.add(answer);
    const { value, error } = await answer
      .catch((error: Error) => {
        const full = /^Task queue is at limit|^No task queue available/.test(error.message);
        throw full ? new QueueFullError(error.message) : error;
      })
      .finally(() => this.#accepted.delete(answer));
    if (error) throw Object.assign(new Error(error.message), { name: error.name });
    return value;
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  // While it closes, piscina starts no thread in the place of one that ended: the tasks that wait would be lost.
  async #finish(): Promise<void> {
    await Promise.allSettled(this.#accepted);
    await this.#pool.close();
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
