import fastify from 'fastify';
import { expect, test } from 'vitest';
import { auditLeaks } from './leak-audit.ts';
import { openRequest } from './open-request.ts';
import { serveApp } from './serve-app.ts';

test('an app is served at an address of its own, and closed at the end', async () => {
  const app = fastify();
  app.get('/', async () => 'hello');
  let address = '';
  {
    await using server = await serveApp(app);
    address = server.url('/');
    using client = await openRequest(address);

    expect(await client.text()).toBe('hello');
    expect(server.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  }
  expect(app.server.listening).toBe(false);
  await expect(openRequest(address)).rejects.toThrow('ECONNREFUSED');
});

test('connections that are left are destroyed at the end', async () => {
  const app = fastify();
  app.get('/', async () => 'hello');
  app.get('/never', (_request, reply) => void reply.hijack());
  using audit = auditLeaks();
  {
    await using server = await serveApp(app);
    using kept = await openRequest(server.url('/'), { headers: { connection: 'keep-alive' } });
    await kept.text();
    const unanswered = await openRequest(server.url('/never'));

    expect(server.connections).toBe(2);
    await server[Symbol.asyncDispose]();
    await unanswered.whenClosed();
    await kept.whenClosed();
  }
  expect(await audit.check()).toEqual([]);
});

test('an app that never ends its closing, or fails at it, holds up nobody', async () => {
  const stuck = fastify();
  stuck.addHook('onClose', () => new Promise<void>(() => {}));
  const failing = fastify();
  failing.addHook('onClose', () => Promise.reject(new Error('No.')));
  {
    await using one = await serveApp(stuck);
    await using other = await serveApp(failing);
    expect(one.origin).not.toBe(other.origin);
  }
  expect([stuck.server.listening, failing.server.listening]).toEqual([false, false]);
});
