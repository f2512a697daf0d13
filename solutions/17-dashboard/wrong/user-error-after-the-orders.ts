// Watches the user only until the orders are there. If that query fails after them, it stops nobody.
// fails: a query for the user that fails becomes an error, and leaves no query behind
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
  const wished = db.preferences(id, signal).catch(() => defaultPreferences);
  const finding = db.user(id, signal).then(existing);
  let orders: Order[];
  try {
    const never = finding.then(() => new Promise<never>(() => {}));
    orders = await Promise.race([db.orders(id, signal), never]);
  } catch (error) {
    controller.abort();
    throw error;
  }
  try {
    const [user, preferences] = await Promise.all([finding, wished]);
    return { user, orders, preferences };
  } catch (error) {
    if (error instanceof UserMissingError) controller.abort();
    throw error;
  }
}

class UserMissingError extends Error {}

function existing(user: User | null): User {
  if (user === null) throw new UserMissingError();
  return user;
}
