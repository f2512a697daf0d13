// A pool with ten connections: the eleventh request waits for one of the first ten.
// fails: one hundred requests wait for the upstream at the same time
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const pool = new Pool(new URL(upstream).origin, { connections: 10 });
  const app = fastify();
  app.addHook('onClose', () => pool.destroy());

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(pool, upstream, timeoutMs);
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

async function getJson(pool: Pool, url: string, timeoutMs: number): Promise<unknown> {
  const { pathname, search } = new URL(url);
  const { statusCode, body } = await pool.request({
    path: pathname + search,
    method: 'GET',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
