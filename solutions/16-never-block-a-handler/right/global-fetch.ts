import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

// The global fetch, a timer of its own, and errors told apart by what was aborted.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const response = await fetch(upstream, { signal: controller.signal });
      const value: unknown = await response.json();
      if (response.status !== 200) return await reply.code(502).send({ error: 'bad status' });
      return value;
    } catch {
      return await reply.code(controller.signal.aborted ? 504 : 502).send({ error: 'no answer' });
    } finally {
      clearTimeout(timer);
    }
  });
  return app;
}
