import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Parts } from './parts.ts';

// Fastify counts its requests where no id was sent. Who waits in the queue awaits a promise, and so keeps its own context.
export function buildApp(options: {
  log: (line: { requestId: string; message: string }) => void;
  limit: number;
}): FastifyInstance {
  const requestIds = new AsyncLocalStorage<string>();
  const note = (message: string): void => {
    options.log({ requestId: requestIds.getStore() ?? 'no request', message });
  };
  const parts = new Parts(note);
  const waiting: (() => void)[] = [];
  let free = options.limit;
  const app = fastify({ requestIdHeader: 'x-request-id' });
  app.addHook('onClose', () => parts.close());

  app.get('/work', (request, reply) => {
    reply.header('x-request-id', request.id);
    return requestIds.run(request.id, async () => {
      note('received');
      const parcel = { grams: await parts.weigh(), rate: await askRate() };
      try {
        return { requestId: request.id, grams: parcel.grams, label: await print(parcel) };
      } catch (error) {
        return reply.code(422).send({ requestId: request.id, error: (error as Error).message });
      }
    });
  });

  async function askRate(): Promise<number> {
    const told = once(parts.rates, 'rate');
    parts.askRate();
    const [rate] = (await told) as [number];
    note(`rate: ${rate}`);
    return rate;
  }

  async function print(parcel: { grams: number; rate: number }): Promise<string> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return new Promise((resolve, reject) => {
      const printed = (error: Error | null, label: string): void => {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
        note(error ? `refused: ${error.message}` : `printed: ${label}`);
        if (error) reject(error);
        else resolve(label);
      };
      parts.print(parcel, AsyncLocalStorage.bind(printed));
    });
  }

  return app;
}
