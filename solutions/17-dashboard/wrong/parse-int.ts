// `parseInt` reads as much as it likes: 7up becomes user 7.
// fails: an id that is no whole number is 400 and asks nothing
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
    const id = Number.parseInt(request.params.id, 10);
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

async function readDashboard(db: Db, id: number): Promise<Dashboard> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    const [user, orders, preferences] = await Promise.all([
      db.user(id, signal).then(existing),
      db.orders(id, signal),
      db.preferences(id, signal).catch(() => defaultPreferences),
    ]);
    return { user, orders, preferences };
  } catch (error) {
    controller.abort();
    throw error;
  }
}

class UserMissingError extends Error {}

function existing(user: User | null): User {
  if (user === null) throw new UserMissingError();
  return user;
}
