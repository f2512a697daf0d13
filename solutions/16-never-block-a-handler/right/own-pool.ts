import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';

// A pool of the app's own, closed with the app: at most 64 connections, and the rest queue outside the event loop's way.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const { origin, pathname, search } = new URL(upstream);
  const pool = new Pool(origin, { connections: 64 });
  const app = fastify();
  app.addHook('onClose', () => pool.destroy());
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/example', (_request, reply) => {
    const signal = AbortSignal.timeout(timeoutMs);
    pool
      .request({ path: pathname + search, method: 'GET', signal })
      .then(async ({ statusCode, body }) => {
        if (statusCode === 200) return body.json();
        await body.dump();
        throw new Error(`Status ${statusCode}`);
      })
      .then(
        (value) => reply.send(value),
        () => reply.code(signal.aborted ? 504 : 502).send({ error: 'no answer' }),
      );
  });
  return app;
}
