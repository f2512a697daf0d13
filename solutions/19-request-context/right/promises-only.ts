import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { promisify } from 'node:util';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Parts } from './parts.ts';
import type { Parcel } from './parts.ts';

// No callback logs anything: each one settles a promise, and who awaits it goes on in its own context.
const requestIds = new AsyncLocalStorage<string>();

/** Builds the server: each `GET /work` makes one label. */
export function buildApp(options: {
  log: (line: { requestId: string; message: string }) => void;
  limit: number;
}): FastifyInstance {
  const { log, limit } = options;
  const note = (message: string): void => log({ requestId: requestIds.getStore() ?? '-', message });
  const parts = new Parts(note);
  const print = promisify((parcel: Parcel, done: (error: Error | null, label: string) => void) =>
    parts.print(parcel, done),
  );
  let free = limit;
  const waiting: (() => void)[] = [];
  const app = fastify({ requestIdHeader: 'x-request-id', genReqId: () => randomUUID() });

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    requestIds.run(request.id, done);
  });
  app.addHook('onClose', () => parts.close());

  app.get('/work', async (request, reply) => {
    note('received');
    const grams = await parts.weigh();
    const told = once(parts.rates, 'rate');
    parts.askRate();
    const [rate] = (await told) as [number];
    note(`rate: ${rate}`);
    await enter();
    try {
      const label = await print({ grams, rate });
      note(`printed: ${label}`);
      return { requestId: request.id, label };
    } catch (error) {
      const { message } = error as Error;
      note(`refused: ${message}`);
      return reply.code(422).send({ requestId: request.id, error: message });
    } finally {
      leave();
    }
  });

  async function enter(): Promise<void> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** The place of who leaves goes to who waits longest. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return app;
}
