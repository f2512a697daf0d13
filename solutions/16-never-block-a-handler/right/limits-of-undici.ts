import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Agent, errors, request } from 'undici';

// The limits of undici itself, and its errors told apart by their class.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const app = fastify();
  app.addHook('onClose', () => dispatcher.close());
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    try {
      const { statusCode, body } = await request(upstream, { dispatcher });
      if (statusCode === 200) return await body.json();
      await body.dump();
      return await reply.code(502).send({ error: `Status ${statusCode}` });
    } catch (error) {
      return await reply.code(isTimeout(error) ? 504 : 502).send({ error: 'no answer' });
    }
  });
  return app;
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}
