// Makes sure first that there is such a user: 130 ms instead of 80.
// fails: a dashboard of 50, 80 and 40 ms is ready after 80 ms
// fails: waits for the slowest of the three, whichever that is
// fails: orders that fail become 502, and leave no query behind
// fails: a query for the user that fails becomes an error, and leaves no query behind
// fails: preferences that fail first leave the rest as it is
// fails: preferences that fail become the defaults
// fails: requests at the same time know nothing of each other
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { defaultPreferences } from './db.ts';
import type { Db, Order, Preferences, User } from './db.ts';

interface Dashboard {
  user: User;
  orders: Order[];
  preferences: Preferences;
}

// The pattern reads the id while it is still a text: for `integer` alone, 1e3 and 7.0 are numbers too.
const wholeNumber = {
  allOf: [
    { type: 'string', pattern: '^[0-9]+$' },
    { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  ],
};
const params = { type: 'object', properties: { id: wholeNumber } };

/** Builds the server: `GET /users/:id/dashboard` answers with what three queries give. */
export function buildApp(options: { db: Db }): FastifyInstance {
  const app = fastify();

  app.get<{ Params: { id: number } }>(
    '/users/:id/dashboard',
    { schema: { params } },
    async (request, reply) => {
      try {
        return await readDashboard(options.db, request.params.id);
      } catch (error) {
        if (error instanceof UserMissingError) {
          return reply.code(404).send({ error: 'There is no such user.' });
        }
        return reply.code(502).send({ error: 'The database did not answer well.' });
      }
    },
  );

  return app;
}

async function readDashboard(db: Db, id: number): Promise<Dashboard> {
  const controller = new AbortController();
  const { signal } = controller;
  const user = existing(await db.user(id, signal));
  try {
    const [orders, preferences] = await Promise.all([
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
