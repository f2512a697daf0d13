// Enters the context of the request when a parcel is refused, and never leaves it: the next line of the press carries its id.
// fails: the lines that belong to no request carry no id of one
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Parts } from './parts.ts';
import type { Parcel } from './parts.ts';

// The id belongs to the chain of callbacks and awaits that one request has started, not to the moment. Node hands it on by itself
// through timers and promises. A callback that somebody else calls, for somebody else's reason, would run with the id of the caller, or
// with none: `bind` gives it the one that holds where it is made.
const requestIds = new AsyncLocalStorage<string>();

/** Builds the server: each `GET /work` makes one label. */
export function buildApp(options: {
  log: (line: { requestId: string; message: string }) => void;
  limit: number;
}): FastifyInstance {
  const { log, limit } = options;
  const note = (message: string): void => log({ requestId: requestIds.getStore() ?? '-', message });
  const parts = new Parts(note);
  const queue = new Queue(limit);
  const app = fastify({ requestIdHeader: 'x-request-id', genReqId: () => randomUUID() });

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    requestIds.run(request.id, done);
  });
  app.addHook('onClose', () => parts.close());

  app.get('/work', async (request, reply) => {
    note('received');
    const grams = await parts.weigh();
    const rate = await askRate();
    try {
      const label = await queue.run(() => print({ grams, rate }));
      return { requestId: request.id, label };
    } catch (error) {
      return reply.code(422).send({ requestId: request.id, error: (error as Error).message });
    }
  });

  function askRate(): Promise<number> {
    return new Promise((resolve) => {
      const told = (rate: number): void => {
        note(`rate: ${rate}`);
        resolve(rate);
      };
      parts.rates.once('rate', AsyncLocalStorage.bind(told));
      parts.askRate();
    });
  }

  function kept(callback: (error: Error | null, label: string) => void) {
    const id = requestIds.getStore()!;
    const bound = AsyncLocalStorage.bind(callback);
    return (error: Error | null, label: string): void => {
      if (error === null) return bound(error, label);
      requestIds.enterWith(id);
      callback(error, label);
    };
  }

  function print(parcel: Parcel): Promise<string> {
    return new Promise((resolve, reject) => {
      const printed = (error: Error | null, label: string): void => {
        note(error === null ? `printed: ${label}` : `refused: ${error.message}`);
        if (error === null) resolve(label);
        else reject(error);
      };
      parts.print(parcel, kept(printed));
    });
  }

  return app;
}

/** Runs so many pieces of work at once. The others wait, in the order in which they came. */
class Queue {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
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
      else this.#waiting.push(AsyncLocalStorage.bind(start));
    });
  }

  #leave(): void {
    this.#running -= 1;
    this.#waiting.shift()?.();
  }
}
