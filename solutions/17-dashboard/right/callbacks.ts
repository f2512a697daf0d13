// The id is checked by hand, and the three queries are callbacks of one promise.
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { defaultPreferences } from './db.ts';
import type { Db, Order, Preferences, User } from './db.ts';

interface Dashboard {
  user: User;
  orders: Order[];
  preferences: Preferences;
}

/** Builds the server: `GET /users/:id/dashboard` answers with what three queries give. */
export function buildApp(options: { db: Db }): FastifyInstance {
  const app = fastify();

  app.get<{ Params: { id: string } }>('/users/:id/dashboard', async (request, reply) => {
    const id = /^[1-9][0-9]{0,9}$/.test(request.params.id) ? Number(request.params.id) : 0;
    if (!(id > 0 && id <= 2_147_483_647)) return reply.code(400).send({ error: 'Not an id.' });
    try {
      return await readDashboard(options.db, id);
    } catch (error) {
      if (error instanceof UserMissingError) {
        return reply.code(404).send({ error: 'There is no such user.' });
      }
      return reply.code(502).send({ error: 'The database did not answer well.' });
    }
  });

  return app;
}

function readDashboard(db: Db, id: number): Promise<Dashboard> {
  const controller = new AbortController();
  const { signal } = controller;
  return new Promise((resolve, reject) => {
    const found: Partial<Dashboard> = {};
    const fail = (error: Error): void => {
      controller.abort(error);
      reject(error);
    };
    const take = (part: Partial<Dashboard>): void => {
      const { user, orders, preferences } = Object.assign(found, part);
      if (user && orders && preferences) resolve({ user, orders, preferences });
    };
    db.user(id, signal).then((user) => {
      if (user === null) fail(new UserMissingError());
      else take({ user });
    }, fail);
    db.orders(id, signal).then((orders) => {
      take({ orders });
    }, fail);
    db.preferences(id, signal).then(
      (preferences) => {
        take({ preferences });
      },
      () => {
        take({ preferences: defaultPreferences });
      },
    );
  });
}

class UserMissingError extends Error {}
