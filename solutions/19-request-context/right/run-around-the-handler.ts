import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Parts } from './parts.ts';
import type { Parcel } from './parts.ts';

/** The whole request lies in the context: later lines may want more of it than its id. */
const requests = new AsyncLocalStorage<FastifyRequest | null>({ defaultValue: null });

/** Builds the server: each `GET /work` makes one label. */
export function buildApp(options: {
  log: (line: { requestId: string; message: string }) => void;
  limit: number;
}): FastifyInstance {
  const { log, limit } = options;
  const note = (message: string): void =>
    log({ requestId: requests.getStore()?.id ?? '-', message });
  const parts = new Parts(note);
  const queue = new Queue(limit);
  const app = fastify({
    genReqId: ({ headers }) => String(headers['x-request-id'] || randomUUID()),
  });

  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onClose', () => parts.close());

  app.get('/work', (request, reply) => requests.run(request, work, request, reply));

  async function work(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    note('received');
    const grams = await parts.weigh();
    const rate = await askRate();
    try {
      const label = await queue.run(() => print({ grams, rate }));
      return { requestId: request.id, label };
    } catch (error) {
      return reply.code(422).send({ requestId: request.id, error: (error as Error).message });
    }
  }

  function askRate(): Promise<number> {
    return new Promise((resolve) => {
      const told = (rate: number): void => {
        note(`rate: ${rate}`);
        resolve(rate);
      };
      parts.rates.once('rate', AsyncResource.bind(told));
      parts.askRate();
    });
  }

  function print(parcel: Parcel): Promise<string> {
    return new Promise((resolve, reject) => {
      const printed = (error: Error | null, label: string): void => {
        note(error === null ? `printed: ${label}` : `refused: ${error.message}`);
        if (error === null) resolve(label);
        else reject(error);
      };
      const inMyContext = AsyncLocalStorage.snapshot();
      parts.print(parcel, (...result) => inMyContext(printed, ...result));
    });
  }

  return app;
}

interface AsyncStart {
  readonly start: () => void;
  /** Calls a function where the piece of work came from. */
  readonly inContext: ReturnType<typeof AsyncLocalStorage.snapshot>;
}

/** Runs so many pieces of work at once. The others wait, in the order in which they came. */
class Queue {
  readonly #limit: number;
  readonly #waiting: AsyncStart[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        this.#running += 1;
        work()
          .finally(() => this.#leave())
          .then(resolve, reject);
      };
      if (this.#running < this.#limit) start();
      else this.#waiting.push({ start, inContext: AsyncLocalStorage.snapshot() });
    });
  }

  #leave(): void {
    this.#running -= 1;
    const next = this.#waiting.shift();
    next?.inContext(next.start);
  }
}
