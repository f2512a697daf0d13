import { setTimeout as sleep } from 'node:timers/promises';
import { currentTrace, expect, inVirtualTime, kata, random, test } from '#harness';
import type { VirtualClock } from '#harness';
import { defaultPreferences } from './db.ts';
import type { Db, Order, Preferences, User } from './db.ts';

const load = kata(() => import('./dashboard.ts'));
const seeded = random();

test('a dashboard of 50, 80 and 40 ms is ready after 80 ms', async () => {
  const { replies } = await ask({
    user: { ms: 50 },
    orders: { ms: 80 },
    preferences: { ms: 40 },
  });

  const [reply] = replies;
  expect(reply?.status, 'The status of the dashboard').toBe(200);
  expect(reply).toTakeVirtually(80);
});

test('waits for the slowest of the three, whichever that is', async () => {
  for (const slowest of queries) {
    const slowestMs = seeded.int(200, 900);
    const plan = { user: { ms: 50 }, orders: { ms: 80 }, preferences: { ms: 40 } };
    const { db, replies } = await ask({ ...plan, [slowest]: { ms: slowestMs } });

    const [reply] = replies;
    expect(reply, `The slowest query is ${slowest}`).toTakeVirtually(slowestMs);
    expect(reply?.body, `The dashboard, with slow ${slowest}`).toEqual(db.dashboardOf(7));
  }
});

test('answers with what the database gives, asked anew for each request', async () => {
  const id = seeded.int(1, 2_147_483_647);

  const { db, replies } = await ask(quick, [id, 'and then', id, id]);

  for (const query of queries) {
    const asked = db.calls.filter((call) => call.query === query).map((call) => call.id);
    expect(asked, `The ids that db.${query} got, in three requests`).toEqual([id, id, id]);
  }
  const given = [0, 1, 2].map((index) => db.dashboardOf(id, index));
  expect(replies[0]?.body, 'The first dashboard').toEqual(given[0]);
  for (const { body } of replies) {
    expect(given, 'What the database gave should contain each dashboard').toContainEqual(body);
  }
});

test('a missing user becomes 404 as soon as that is known', async () => {
  const { replies } = await ask({ ...quick, user: { ms: 50, missing: true } });

  const [reply] = replies;
  expect(reply?.status, 'Your status, for a user who is not there').toBe(404);
  expect(reply, 'After 50 ms it was known that there is no such user').toTakeVirtually(50);
});

test('a missing user stops the other queries', async () => {
  const { db } = await ask({
    user: { ms: 50, missing: true },
    orders: { ms: 80 },
    preferences: { ms: 90 },
  });

  expect(
    db.endedAfter(50),
    'The user was missing; queries that still went on to their end',
  ).toEqual([]);
});

test('a missing user stops only the queries of the same request', async () => {
  const missing = { ...quick, user: { ms: 50, missing: true } };

  const { db, replies } = await ask((id) => (id === 8 ? missing : quick), [7, 8, 9]);

  const sentence = 'Only user 8 is missing. Queries of requests for other users that were stopped';
  expect(db.stopped([7, 9]), sentence).toEqual([]);
  const others = [replies[0]?.status, replies[2]?.status];
  expect(others, 'The statuses for users 7 and 9, while user 8 is missing').toEqual([200, 200]);
});

test('preferences that fail become the defaults', async () => {
  const { db, replies } = await ask({ ...quick, preferences: { ms: 90, fails: true } });

  const [reply] = replies;
  expect(reply?.status, 'Your status, when only the preferences fail').toBe(200);
  expect(reply?.body, 'The dashboard without the preferences').toEqual({
    ...db.dashboardOf(7),
    preferences: defaultPreferences,
  });
});

test('preferences that fail first leave the rest as it is', async () => {
  const { db, replies } = await ask({ ...quick, preferences: { ms: 10, fails: true } });

  const [reply] = replies;
  const { user, orders } = db.dashboardOf(7);
  expect(reply?.status, 'Your status, when only the preferences fail').toBe(200);
  expect(reply?.body, 'The dashboard without the preferences').toMatchObject({ user, orders });
});

test('orders that fail become 502 at once, and stop the others', async () => {
  const { db, replies } = await ask({ ...quick, orders: { ms: 30, fails: true } });

  const [reply] = replies;
  expect(reply?.status, 'Your status, when the orders fail').toBe(502);
  expect(reply, 'The orders had failed after 30 ms').toTakeVirtually(30);
  expect(db.endedAfter(30), 'The orders failed; queries that still went on to their end').toEqual(
    [],
  );
});

test('a query for the user that fails becomes 502 at once, and stops the others', async () => {
  const { db, replies } = await ask({ ...quick, user: { ms: 30, fails: true } });

  const [reply] = replies;
  expect(reply?.status, 'Your status, when nobody knows if there is such a user').toBe(502);
  expect(reply, 'The query for the user had failed after 30 ms').toTakeVirtually(30);
  expect(
    db.endedAfter(30),
    'The query for the user failed; queries that still went on to their end',
  ).toEqual([]);
});

test('an id not in digits, or out of range, is 400 and asks nothing', async () => {
  const outOfRange = ['0', '-1', '2147483648'];
  const notInDigits = ['1.5', 'seven', '7up', '7.0', '1e3', '0x10', '+7', '%207'];
  for (const id of [...outOfRange, ...notInDigits]) {
    const { db, replies } = await ask(quick, [id]);

    const rule = 'Only digits make an id, from 1 to 2147483647';
    expect(replies[0]?.status, `${rule}. Your status, for the id ${id}`).toBe(400);
    expect(db.calls.length, `Queries that were sent for the id ${id}`).toBe(0);
  }
});

type QueryName = 'user' | 'orders' | 'preferences';

const queries: readonly QueryName[] = ['user', 'orders', 'preferences'];

/** How a query goes: it lasts so many virtual milliseconds, and then gives something, nothing, or an error. */
interface Course {
  readonly ms: number;
  readonly missing?: boolean;
  readonly fails?: boolean;
}

type Plan = Readonly<Record<QueryName, Course>>;

/** As in the story: user, orders and preferences, none of which fails. */
const quick: Plan = { user: { ms: 50 }, orders: { ms: 80 }, preferences: { ms: 40 } };

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly virtualMs: number;
}

/** Requests of a fresh server, all at the same time; what comes after an `and then` waits for those before it. */
async function ask(
  plan: Plan | ((id: number) => Plan),
  ids: readonly (number | string)[] = [7],
): Promise<{ db: FakeDb; replies: Reply[] }> {
  const { buildApp } = await load();
  const db = new FakeDb(typeof plan === 'function' ? plan : () => plan);
  await using app = buildApp({ db });
  await app.ready();
  const { value: replies } = await inVirtualTime(async (clock) => {
    db.clock = clock;
    const send = async (id: number | string): Promise<Reply> => {
      const { statusCode: status, body } = await app.inject(`/users/${id}/dashboard`);
      return { status, body: read(body), virtualMs: clock.now };
    };
    const open: Promise<Reply>[] = [];
    for (const id of ids) {
      if (id === 'and then') await Promise.all(open);
      else open.push(send(id));
    }
    const answered = await Promise.all(open);
    // Whatever was not stopped goes on meanwhile, and fails where nobody listens any more.
    await sleep(2000);
    return answered;
  });
  return { db, replies };
}

interface Call {
  readonly query: QueryName;
  readonly id: unknown;
  readonly value: unknown;
  endedAt: number;
  outcome: 'running' | 'done' | 'failed' | 'stopped';
}

/** A database with exact delays, that obeys its signals and gives other values each time. */
class FakeDb implements Db {
  readonly calls: Call[] = [];
  clock: VirtualClock | null = null;
  #planFor: (id: number) => Plan;

  constructor(planFor: (id: number) => Plan) {
    this.#planFor = planFor;
  }

  readonly user = (id: number, signal: AbortSignal): Promise<User | null> => {
    const missing = this.#planFor(id).user.missing ?? false;
    return this.#run('user', id, missing ? null : { id, name: seeded.nonce() }, signal);
  };

  readonly orders = (id: number, signal: AbortSignal): Promise<Order[]> => {
    const order: Order = { number: seeded.nonce(), item: 'tea', cents: seeded.int(1, 999) };
    return this.#run('orders', id, [order], signal);
  };

  readonly preferences = (id: number, signal: AbortSignal): Promise<Preferences> =>
    this.#run('preferences', id, { theme: 'dark', language: seeded.nonce() }, signal);

  /** What the database gave for this user, to the request number `index`. */
  dashboardOf(id: number, index = 0): Record<QueryName, unknown> {
    const valueOf = (query: QueryName): unknown =>
      this.calls.filter((call) => call.query === query && call.id === id)[index]?.value;
    return {
      user: valueOf('user'),
      orders: valueOf('orders'),
      preferences: valueOf('preferences'),
    };
  }

  /** The queries that nobody stopped, though they had not ended at `ms`. */
  endedAfter(ms: number): string[] {
    return this.calls
      .filter(({ outcome, endedAt }) => outcome !== 'stopped' && endedAt > ms)
      .map(({ query }) => query);
  }

  /** The queries for these users that were stopped. */
  stopped(ids: readonly number[]): string[] {
    return this.calls
      .filter(({ id, outcome }) => outcome === 'stopped' && ids.some((one) => one === id))
      .map(({ query, id }) => `${query} of user ${String(id)}`);
  }

  async #run<T>(query: QueryName, id: number, value: T, signal: AbortSignal): Promise<T> {
    const { ms, fails = false } = this.#planFor(id)[query];
    const start = this.#now;
    const call: Call = { query, id, value, endedAt: Infinity, outcome: 'running' };
    this.calls.push(call);
    try {
      await sleep(ms, undefined, { signal });
      call.outcome = fails ? 'failed' : 'done';
    } catch {
      call.outcome = 'stopped';
      throw signal.reason;
    } finally {
      call.endedAt = this.#now;
      const outcome = call.outcome === 'stopped' ? 'cancelled' : fails ? 'failed' : 'done';
      const label = `${query}(${String(id)})`;
      currentTrace().add({ label, kind: 'task', start, end: this.#now, outcome, where: null });
    }
    if (fails) throw new Error(`The table of db.${query} is locked.`);
    return value;
  }

  get #now(): number {
    return this.clock?.now ?? 0;
  }
}

function read(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
