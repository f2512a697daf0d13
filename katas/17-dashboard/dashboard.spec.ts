import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { currentTrace, expect, inVirtualTime, kata, random, test } from '#harness';
import type { VirtualClock } from '#harness';
import { defaultPreferences } from './db.ts';
import type { Db, Order, Preferences, User } from './db.ts';

const load = kata(() => import('./dashboard.ts'));
const seeded = random();
// A copy: a program could write into the object that db.ts exports.
const defaults = { ...defaultPreferences };

/** With what a query rejects that fails, and how to say it. */
interface Failure {
  readonly reason: unknown;
  readonly told: string;
}

const locked: Failure = { reason: new Error('The table is locked.'), told: 'an Error' };
const tooLong: Failure = {
  reason: new DOMException('It took too long.', 'AbortError'),
  told: 'an AbortError of its own',
};
const noTable: Failure = {
  reason: Object.assign(new Error('There is no such table.'), { statusCode: 404 }),
  told: 'an Error whose statusCode is 404',
};

test('a dashboard of 50, 80 and 40 ms is ready after 80 ms', async () => {
  await using server = await Server.open();
  const { replies } = await server.ask({
    user: { ms: 50 },
    orders: { ms: 80 },
    preferences: { ms: 40 },
  });

  const [reply] = replies;
  expect(reply?.status, 'The status of the dashboard').toBe(200);
  expect(reply?.type, 'The content-type of the dashboard').toBe('application/json');
  expect(reply).toTakeVirtually(80);
});

test('waits for the slowest of the three, whichever that is', async () => {
  await using server = await Server.open();
  for (const slowest of queries) {
    const slowestMs = seeded.int(20_000, 90_000);
    const plan = { user: { ms: 50 }, orders: { ms: 80 }, preferences: { ms: 40 } };
    const { db, replies } = await server.ask({ ...plan, [slowest]: { ms: slowestMs } });

    const [reply] = replies;
    expect(reply, `The slowest query is ${slowest}`).toTakeVirtually(slowestMs);
    expect(reply?.body, `The dashboard, with slow ${slowest}`).toEqual(db.dashboardOf(7));
  }
});

test('answers with what the database gives, asked anew for each request', async () => {
  await using server = await Server.open();
  const id = seeded.int(1, 2_147_483_647);

  const bare = { ...quick, user: { ms: 50, empty: true }, orders: { ms: 80, empty: true } };

  const { db, replies } = await server.ask(
    (_id, round) => (round === 1 ? bare : quick),
    [id, 'and then', id, id],
  );

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
  await using server = await Server.open();
  const { replies } = await server.ask(gone);

  const [reply] = replies;
  expect(reply?.status, 'Your status, for a user who is not there').toBe(404);
  expect(reply, 'After 50 ms it was known that there is no such user').toTakeVirtually(50);

  const last = { user: { ms: 90, missing: true }, orders: { ms: 20 }, preferences: { ms: 10 } };
  const { replies: both } = await server.ask((_id, round) => (round === 0 ? last : quick), twice);
  const nobody = 'who is not there, and for whom the other queries had given null before';
  expect(both[0]?.status, `Your status, for a user ${nobody}`).toBe(404);
  const there = 'who is there now, and was missing in the request before';
  expect(both[1]?.status, `Your status, for a user ${there}`).toBe(200);
});

test('a missing user stops the other queries', async () => {
  await using server = await Server.open();
  const plans: Record<string, Plan> = {
    'and nothing else was known yet': { ...gone, orders: { ms: 80 }, preferences: { ms: 90 } },
    'and the orders were there': { ...gone, orders: { ms: 20 }, preferences: { ms: 90 } },
  };

  for (const [what, plan] of Object.entries(plans)) {
    const { db } = await server.ask(plan);
    const sentence = `After 50 ms the user was missing, ${what}`;
    expect(db.runningAfter(50), `${sentence}. Queries that went on after that`).toEqual([]);
  }
});

test('requests at the same time know nothing of each other', async () => {
  await using server = await Server.open();
  const ids = Array.from({ length: 40 }, (_, index) => 100 + index);

  const { db, replies } = await server.ask((id) => (id === 108 ? gone : quick), ids);
  const others = ids.filter((id) => id !== 108);
  const sentence =
    'Only user 108 is missing. Queries of requests for other users that were stopped';
  expect(db.stopped(others), sentence).toEqual([]);
  for (const id of others) {
    const reply = replies[id - 100];
    const whose = `user ${id}, in one of 40 requests at the same time. Only user 108 is missing`;
    expect(reply?.status, `Your status for ${whose}`).toBe(200);
    expect(reply, `The dashboard of ${whose}`).toTakeVirtually(80);
  }

  const broken = { ...quick, orders: { ms: 30, fails: locked } };
  const same = await server.ask((_id, round) => (round === 1 ? broken : quick), [7, 7, 7]);
  const statuses = same.replies.map(({ status }) => status).toSorted((one, other) => one - other);
  const what = 'Three requests for user 7 at the same time; the orders failed for one of them';
  expect(statuses, `${what}. Their statuses, in order of size`).toEqual([200, 200, 502]);
});

test('preferences that fail become the defaults', async () => {
  await using server = await Server.open();
  for (const failure of [locked, tooLong, noTable]) {
    const failing = { ...quick, preferences: { ms: 90, fails: failure } };
    const plan: PlanFor = (_id, round) => (round === 1 ? failing : quick);
    const { db, replies } = await server.ask(plan, [...twice, 'and then', 7]);

    const reply = replies[1];
    const what = `In the second of three requests the preferences failed with ${failure.told}`;
    expect(reply?.status, `${what}. Your status`).toBe(200);
    for (const name of queries) {
      const sent = db.calls.filter(({ query }) => query === name).length;
      expect(sent, `${what}. How often db.${name} was called in all`).toBe(3);
    }
    expect(reply?.body, `${what}. The dashboard`).toEqual({
      ...db.dashboardOf(7, 1),
      preferences: defaults,
    });
    const taken = reply?.virtualMs;
    expect(taken, `${what}, after 90 ms. Milliseconds until your reply`).toBe(90);
    const third = `${what}, and in the third they did not. The third dashboard`;
    expect(replies[2]?.body, third).toEqual(db.dashboardOf(7, 2));
  }
});

test('preferences that fail first leave the rest as it is', async () => {
  await using server = await Server.open();
  for (const ms of [0, 10]) {
    const { db, replies } = await server.ask({ ...quick, preferences: { ms, fails: locked } });

    const [reply] = replies;
    const { user, orders } = db.dashboardOf(7);
    const what = `Only the preferences failed, after ${ms} ms`;
    expect(reply?.status, `${what}. Your status`).toBe(200);
    expect(reply?.body, `${what}. The dashboard`).toMatchObject({ user, orders });
    expect(reply, what).toTakeVirtually(80);
  }

  const then: Record<string, Partial<Plan>> = {
    'the user was missing': { user: { ms: 30, missing: true } },
    'db.orders failed': { orders: { ms: 30, fails: locked } },
    'db.user failed': { user: { ms: 30, fails: locked } },
  };
  await using another = await Server.open();
  for (const [event, course] of Object.entries(then)) {
    const plan = { ...quick, ...course, preferences: { ms: 10, fails: locked } };
    // Who remembers that a user was missing, or that a query failed, is told so by other tests.
    const asked = course.user?.fails === undefined ? server : another;
    const { db, replies } = await asked.ask(plan, [course.user?.missing === true ? 8 : 7]);

    const what = `The preferences failed after 10 ms, and after 30 ms ${event}`;
    if (course.user?.missing === true) {
      expect(replies[0]?.status, `${what}. Your status`).toBe(404);
      expect(replies[0], what).toTakeVirtually(30);
      expect(db.runningAfter(30), `${what}. Queries that went on after that`).toEqual([]);
    } else {
      expectStatus(replies[0], course.user === undefined ? [502] : serverErrors, what);
      expectEnded(db, replies[0], { plan, ms: 30, what });
    }
  }
});

test('orders that fail become 502, and leave no query behind', async () => {
  await expectBadGateway('orders', 'user');
});

test('a query for the user that fails becomes an error, and leaves no query behind', async () => {
  await expectBadGateway('user', 'orders');
});

test('an id that is no whole number is 400 and asks nothing', async () => {
  await using server = await Server.open();
  const noIds = ['seven', 'NaN', '7up', '7_0', '7%2C0', '1.5', '7%0A7', '%D9%A7', '%EF%BC%97'];
  const { db, replies } = await server.ask(quick, noIds);

  const rule = 'An id is a whole number, in digits';
  for (const [index, id] of noIds.entries()) {
    const status = replies[index]?.status;
    expect(status, `${rule}. Your status, for the id '${decodeURIComponent(id)}'`).toBe(400);
  }
  expect(db.asked, `${rule}. Queries for ids that are none`).toEqual([]);

  const outOfRange = ['0', '00', '-1', '-7', '2147483648', '4294967303', '99999999999999999999'];
  const otherwise = ['7.0', '7.', '1e3', '1E3', '0x10', '0b11', '+7', '%207', '7%20'];
  const unclear = [...outOfRange, ...otherwise];
  const { db: own, replies: given } = await server.ask(
    quick,
    unclear.flatMap((id) => [id, 'and then']),
  );
  for (const [index, id] of unclear.entries()) {
    const text = decodeURIComponent(id);
    const { status, askedBefore } = given[index]!;
    const asked = own.asked.slice(askedBefore, given[index + 1]?.askedBefore);
    const refused = status === 400;
    const which = refused
      ? `Your status for the id '${text}' was 400. Queries for it`
      : `The id '${text}' may be refused with 400, or asked for with its number. Your queries for it`;
    const number = String(Number(text));
    const right = queries.map((query) => `db.${query}(${number})`);
    expect(asked.toSorted(), which).toEqual(refused ? [] : right.toSorted());
  }

  const bounds = [1, 2_147_483_647];
  const { replies: good } = await server.ask(quick, bounds);
  for (const [index, id] of bounds.entries()) {
    expect(good[index]?.status, `${rule}. Your status, for the id ${id}`).toBe(200);
  }
});

/** With whatever the query fails, and whenever: an error, and nothing runs on after it. The request after it is a new one. */
async function expectBadGateway(failing: 'user' | 'orders', beside: QueryName): Promise<void> {
  const slow = { [beside]: { ms: 50 }, preferences: { ms: 40 } };
  // An error of the orders is not about the customer, whatever status it has.
  const failures = failing === 'orders' ? [locked, tooLong, noTable] : [locked, tooLong];
  const statuses = failing === 'orders' ? [502] : serverErrors;
  const cases: { what?: string; ms?: number; fails?: Failure; others?: Partial<Plan> }[] = [
    ...failures.map((failure) => ({ fails: failure })),
    {
      what: `when only db.${beside} had given something`,
      ms: 70,
      others: { preferences: { ms: 90 } },
    },
  ];
  if (failing === 'orders') {
    const others: Partial<Plan> = { user: { ms: 50, missing: true } };
    cases.push({ what: 'when it was not yet known that there is no such user', others });
  }
  await using server = await Server.open();
  for (const { what = '', ms = 30, fails = locked, others = {} } of cases) {
    const plan: Plan = { ...quick, ...slow, ...others, [failing]: { ms, fails } };
    const { db, replies } = await server.ask((_id, round) => (round === 0 ? plan : quick), twice);

    const sentence = `db.${failing} failed with ${fails.told} after ${ms} ms${what && ', '}${what}`;
    // Who waits for all of them may give way to the missing user.
    expectStatus(replies[0], plan.user.missing ? [...statuses, 404] : statuses, sentence);
    expectEnded(db, replies[0], { plan, ms, what: sentence });
    const next = `${sentence}. In the next request all went well. Its status`;
    expect(replies[1]?.status, next).toBe(200);
  }
}

function expectStatus(reply: Reply | undefined, right: readonly number[], what: string): void {
  const told = right.join(' or ');
  const yours = reply?.status ?? 0;
  expect(right.includes(yours) ? told : String(yours), `${what}. Your status`).toBe(told);
}

/** The reply comes at once, and the others are stopped. Or all of them have ended before it. */
function expectEnded(
  db: FakeDb,
  reply: Reply | undefined,
  { plan, ms, what }: { plan: Plan; ms: number; what: string },
): void {
  const slowest = Math.max(...queries.map((query) => plan[query].ms));
  const taken = reply?.virtualMs ?? Infinity;
  const sentence = `${what}. The slowest query would take ${slowest} ms. Milliseconds until your reply`;
  expect(taken, sentence).toBeGreaterThanOrEqual(ms);
  expect(taken, sentence).toBeLessThanOrEqual(slowest);
  const ranOn = db.runningAfter(taken);
  expect(ranOn, `${what}. Queries that went on after your reply, for nobody`).toEqual([]);
}

type QueryName = 'user' | 'orders' | 'preferences';

const queries: readonly QueryName[] = ['user', 'orders', 'preferences'];

/** How a query goes: it lasts so many virtual milliseconds, and then gives something, nothing, or an error. */
interface Course {
  readonly ms: number;
  readonly missing?: boolean;
  readonly fails?: Failure;
  /** The user's name is the empty text; there are no orders. */
  readonly empty?: boolean;
}

type Plan = Readonly<Record<QueryName, Course>>;

/** How the queries go, in the round so many of a user: the first request for this user is round 0. */
type PlanFor = (id: number, round: number) => Plan;

/** As in the story: user, orders and preferences, none of which fails. */
const quick: Plan = { user: { ms: 50 }, orders: { ms: 80 }, preferences: { ms: 40 } };

/** After 50 ms it is known that there is no such user. */
const gone: Plan = { ...quick, user: { ms: 50, missing: true } };

/** For a user that cannot be read. */
const serverErrors = [500, 502, 503, 504];

/** Two requests for user 7, one after the other. */
const twice = [7, 'and then', 7];

interface Reply {
  readonly status: number;
  /** The content-type, without what follows a semicolon. */
  readonly type: string;
  readonly body: unknown;
  /** From the request to the reply. */
  readonly virtualMs: number;
  /** How often the database had been asked when the request was sent. */
  readonly askedBefore: number;
}

/** The learner's server on a database of the spec's. To build one takes longer than its requests, so most tests have one for all. */
class Server implements AsyncDisposable {
  readonly #app: FastifyInstance;
  #db = new FakeDb(() => quick);

  private constructor(buildApp: (options: { db: Db }) => FastifyInstance) {
    const db: Db = {
      user: (id, signal) => this.#db.user(id, signal),
      orders: (id, signal) => this.#db.orders(id, signal),
      preferences: (id, signal) => this.#db.preferences(id, signal),
    };
    this.#app = buildApp({ db });
  }

  static async open(): Promise<Server> {
    const { buildApp } = await load();
    const server = new Server(buildApp);
    await server.#app.ready();
    return server;
  }

  /** Requests to a database that nobody has asked yet, all at the same time; what comes after an `and then` waits for those before it. */
  async ask(
    plan: Plan | PlanFor,
    ids: readonly (number | string)[] = [7],
  ): Promise<{ db: FakeDb; replies: Reply[] }> {
    const db = new FakeDb(typeof plan === 'function' ? plan : () => plan);
    this.#db = db;
    const { value: replies } = await inVirtualTime(async (clock) => {
      db.clock = clock;
      const send = async (id: number | string): Promise<Reply> => {
        const start = clock.now;
        const askedBefore = db.asked.length;
        const url = `/users/${id}/dashboard`;
        const { statusCode: status, headers, body } = await this.#app.inject(url);
        const virtualMs = clock.now - start;
        const [type = ''] = String(headers['content-type']).split(';');
        return { status, type: type.trim(), body: read(body), virtualMs, askedBefore };
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
  }
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
  #planFor: PlanFor;

  constructor(planFor: PlanFor) {
    this.#planFor = planFor;
  }

  readonly user = (id: number, signal: AbortSignal): Promise<User | null> => {
    const { empty = false } = this.#planFor(id, this.#roundOf('user', id)).user;
    return this.#run('user', id, { id, name: empty ? '' : seeded.nonce() }, signal);
  };

  readonly orders = (id: number, signal: AbortSignal): Promise<Order[]> => {
    const { empty = false } = this.#planFor(id, this.#roundOf('orders', id)).orders;
    // Sorted by nothing.
    const orders = ['B', 'C', 'A'].map((letter, index): Order => ({
      number: letter + seeded.nonce(),
      item: 'tea',
      cents: [seeded.int(100, 999), 0, seeded.int(1, 99)][index]!,
    }));
    return this.#run('orders', id, empty ? [] : orders, signal);
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

  /** What it was asked, as calls. */
  get asked(): string[] {
    return this.calls.map(({ query, id }) => `db.${query}(${String(id)})`);
  }

  /** The queries of the first request that had not ended at `ms`. */
  runningAfter(ms: number): string[] {
    return queries.filter((query) => {
      const call = this.calls.find((one) => one.query === query);
      return call !== undefined && call.endedAt > ms;
    });
  }

  /** The queries for these users that were stopped. */
  stopped(ids: readonly number[]): string[] {
    return this.calls
      .filter(({ id, outcome }) => outcome === 'stopped' && ids.some((one) => one === id))
      .map(({ query, id }) => `${query} of user ${String(id)}`);
  }

  #roundOf(query: QueryName, id: unknown): number {
    return this.calls.filter((call) => call.query === query && call.id === id).length;
  }

  async #run<T>(query: QueryName, id: number, value: T, signal: AbortSignal): Promise<T> {
    const plan = this.#planFor(id, this.#roundOf(query, id));
    const { ms, fails } = plan[query];
    const start = this.#now;
    // A copy: the program may write into what it was given.
    const kept = structuredClone(value);
    const call: Call = { query, id, value: kept, endedAt: Infinity, outcome: 'running' };
    this.calls.push(call);
    try {
      if (ms > 0) await sleep(ms, undefined, { signal });
      call.outcome = fails ? 'failed' : 'done';
    } catch {
      call.outcome = 'stopped';
      throw signal.reason;
    } finally {
      call.endedAt = this.#now;
      const outcome = call.outcome === 'stopped' ? 'cancelled' : fails ? 'failed' : 'done';
      const reason = fails?.reason instanceof Error ? fails.reason.name : String(fails?.reason);
      const label = `${query}(${String(id)})${outcome === 'failed' ? `: ${reason}` : ''}`;
      currentTrace().add({ label, kind: 'task', start, end: this.#now, outcome, where: null });
    }
    if (fails) throw fails.reason;
    // Where there is no such user, the other queries have nothing either.
    return plan.user.missing ? (null as T) : value;
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
