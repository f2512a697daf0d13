// Waits until all three have ended, then looks at them in the order that matters: the user, the orders, the preferences.
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { defaultPreferences } from './db.ts';
import type { Db } from './db.ts';

const params = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } };

/** Builds the server: `GET /users/:id/dashboard` answers with what three queries give. */
export function buildApp({ db }: { db: Db }): FastifyInstance {
  const app = fastify();

  app.get<{ Params: { id: number } }>(
    '/users/:id/dashboard',
    { schema: { params } },
    async (request, reply) => {
      const { id } = request.params;
      const controller = new AbortController();
      const { signal } = controller;
      const [user, orders, preferences] = await Promise.allSettled([
        db.user(id, signal).then((found) => {
          // What is left would be for nobody.
          if (found === null) controller.abort();
          return found;
        }),
        db.orders(id, signal),
        db.preferences(id, signal),
      ]);
      if (user.status === 'rejected') throw user.reason;
      if (user.value === null) return reply.code(404).send({ error: 'There is no such user.' });
      if (orders.status === 'rejected') {
        return reply.code(502).send({ error: 'The orders cannot be read.' });
      }
      return {
        user: user.value,
        orders: orders.value,
        preferences: preferences.status === 'fulfilled' ? preferences.value : defaultPreferences,
      };
    },
  );

  return app;
}
