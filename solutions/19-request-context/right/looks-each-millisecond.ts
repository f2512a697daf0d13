import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Parts } from './parts.ts';

const storage = new AsyncLocalStorage<{ id: string }>();

// Opens the context anew in every callback. Who waits for a place looks again and again whether it is the first in the line.
export function buildApp(options: {
  log: (line: { requestId: string; message: string }) => void;
  limit: number;
}): FastifyInstance {
  const { log, limit } = options;
  const note = (message: string): void =>
    log({ requestId: storage.getStore()?.id ?? '-', message });
  const parts = new Parts(note);
  const app = fastify();
  const line: object[] = [];
  let running = 0;

  app.addHook('onClose', async () => parts.close());

  app.get('/work', async (request, reply) => {
    const header = request.headers['x-request-id'];
    const id = typeof header === 'string' && header !== '' ? header : randomUUID();
    reply.header('x-request-id', id);
    return await storage.run({ id }, async () => {
      note('received');
      const grams = await parts.weigh();
      const rate = await new Promise<number>((resolve) => {
        parts.rates.once('rate', (cents) => {
          storage.run({ id }, () => note(`rate: ${cents}`));
          resolve(cents);
        });
        parts.askRate();
      });

      const ticket = {};
      line.push(ticket);
      const isMyTurn = (): boolean => running < limit && line[0] === ticket;
      while (!isMyTurn()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      line.shift();
      running += 1;
      try {
        const label = await new Promise<string>((resolve, reject) => {
          parts.print({ grams, rate }, (error, text) => {
            storage.run({ id }, () => {
              note(error === null ? `printed: ${text}` : `refused: ${error.message}`);
            });
            if (error === null) resolve(text);
            else reject(error);
          });
        });
        return { requestId: id, label };
      } catch (error) {
        return await reply.code(422).send({ requestId: id, error: (error as Error).message });
      } finally {
        running -= 1;
      }
    });
  });

  return app;
}
