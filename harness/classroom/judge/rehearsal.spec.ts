// What a student's answer makes a test process do, without an answer: Node keeps what it made of each function that was called.
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import { expect, inVirtualTime, random, test, turns } from '#harness';

test('time passes', async () => {
  const controller = new AbortController();
  const run = await inVirtualTime(async () => {
    const given = sleep(1000, 'late', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('It is enough.')), 10 * random().int(1, 3));
    await expect(given).toRejectWith({ name: 'AbortError' });
    const [one, other] = await Promise.all([sleep(50, 1), sleep(80, 2)]);
    setImmediate(() => process.nextTick(() => queueMicrotask(() => {})));
    await turns(3);
    return [one, other];
  });

  expect(run.value).toEqual([1, 2]);
  expect(run).toTakeVirtuallyUnder(1000);
  expect(run).toLeaveNoTimers();
  expect(controller.signal).toHaveNoListeners();
});

test('a server answers', async () => {
  const params = { type: 'object', properties: { id: { type: 'integer' } } };
  const app = fastify();
  app.get('/users/:id', { schema: { params } }, async ({ params }) => params);
  app.post('/users', async (request, reply) => reply.code(202).send(request.body));
  try {
    const { value } = await inVirtualTime(async () => {
      const posted = await app.inject({ method: 'POST', url: '/users', payload: { id: 7 } });
      const [right, wrong] = await Promise.all([app.inject('/users/7'), app.inject('/users/x')]);
      return [posted.statusCode, right.json(), wrong.statusCode];
    });
    expect(value).toEqual([202, { id: 7 }, 400]);
  } finally {
    await app.close();
  }
});

// Red on purpose: most answers of a class are.
test('a failure is told', async () => {
  const { value } = await inVirtualTime(async () => {
    await sleep(20);
    return { status: 200, body: { some: ['list'] } };
  });
  expect(value, 'The reply').toEqual({ status: 404, body: { some: [] } });
});

test('what was made is kept', () => {
  flushCompileCache();
});
