// Keeps one controller for all requests that wait, and never stops a timer: the timer of a request that is over breaks off the next one.
// fails: waits for timeoutMs and not longer
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  let controller = new AbortController();
  let waiting = 0;
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      if (waiting === 0) controller = new AbortController();
      waiting += 1;
      const limit = AbortSignal.timeout(timeoutMs);
      limit.addEventListener('abort', () => controller.abort(limit.reason));
      return await getJson(upstream, controller.signal).finally(() => (waiting -= 1));
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const { statusCode, body } = await request(url, { signal });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
