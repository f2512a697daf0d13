import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** More tasks than may wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

interface Place {
  worker: Worker;
  busy: boolean;
  /** Its thread is about to end: it gets no task any more. */
  ending: boolean;
}

// Nobody is told of anything: who waits looks every two milliseconds. It is their turn when they are the first in the line.
export class WorkerPool {
  #script: string;
  #size: number;
  #maxQueue: number;
  #places = new Set<Place>();
  #line: object[] = [];
  #unfinished = 0;
  #closed = false;

  constructor(script: URL, { size, maxQueue = Infinity }: { size: number; maxQueue?: number }) {
    this.#script = script.href;
    this.#size = size;
    this.#maxQueue = maxQueue;
  }

  async run<T>(
    input: unknown,
    { signal, transfer = [] }: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    if (this.#closed) throw new Error('The pool is closed.');
    signal?.throwIfAborted();
    this.#unfinished += 1;
    try {
      let place = this.#line.length === 0 ? this.#freePlace() : null;
      place ??= await this.#waitForPlace(signal);
      return await ask<T>(place, input, transfer, signal);
    } finally {
      this.#unfinished -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#unfinished > 0) await sleep(2);
    for (const { worker } of this.#places) await worker.terminate();
  }

  async #waitForPlace(signal: AbortSignal | undefined): Promise<Place> {
    if (this.#line.length >= this.#maxQueue) throw new QueueFullError('Too many tasks wait.');
    const ticket = {};
    this.#line.push(ticket);
    try {
      for (;;) {
        await sleep(2);
        signal?.throwIfAborted();
        const place = this.#line[0] === ticket ? this.#freePlace() : null;
        if (place) return place;
      }
    } finally {
      this.#line.splice(this.#line.indexOf(ticket), 1);
    }
  }

  /** One that is busy from now on, or null. A thread has its place until it has ended. */
  #freePlace(): Place | null {
    const free = [...this.#places].find(({ busy, ending }) => !busy && !ending);
    const place = free ?? (this.#places.size < this.#size ? this.#start() : null);
    if (place) place.busy = true;
    return place;
  }

  #start(): Place {
    const worker = new Worker(new URL('pool-worker.ts', import.meta.url), {
      workerData: this.#script,
    });
    const place = { worker, busy: false, ending: false };
    worker.on('error', () => {
      place.ending = true;
    });
    worker.on('exit', () => this.#places.delete(place));
    this.#places.add(place);
    return place;
  }
}

function ask<T>(
  place: Place,
  input: unknown,
  transfer: Transferable[],
  signal: AbortSignal | undefined,
): Promise<T> {
  const { worker } = place;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onMessage = ({ value, error }: { value: T; error?: Error }) => {
    if (error) reject(Object.assign(new Error(error.message), { name: error.name }));
    else resolve(value);
  };
  const onExit = (code: number) => reject(new Error(`The thread ended with exit code ${code}.`));
  const onAbort = () => {
    place.ending = true;
    void worker.terminate();
    reject(signal?.reason);
  };
  worker.on('message', onMessage);
  worker.on('error', reject);
  worker.on('exit', onExit);
  signal?.addEventListener('abort', onAbort);
  try {
    worker.postMessage(input, transfer);
  } catch (error) {
    reject(error);
  }
  return promise.finally(() => {
    worker.off('message', onMessage);
    worker.off('error', reject);
    worker.off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
    place.busy = false;
  });
}

/** For bodies of up to this many bytes the trip to a thread takes longer than the work. */
const smallBody = 1000;

/** Builds the server: `POST /process` sorts a list of numbers by their square. */
export function buildApp({ pool }: { pool: Pick<WorkerPool, 'run'> }): FastifyInstance {
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 });

  // The body stays a text: to parse it is work for the thread.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  app.setErrorHandler<Error>((error, _request, reply) => {
    reply.code(error.name === 'QueueFullError' ? 503 : 500).send({ error: error.message });
  });

  app.post<{ Body: string }>('/process', async ({ body }, reply) => {
    reply.type('application/json');
    if (body.length > smallBody) return pool.run(body);
    const numbers: number[] = JSON.parse(body);
    return JSON.stringify(numbers.toSorted((a, b) => a * a - b * b));
  });

  return app;
}
