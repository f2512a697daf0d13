// Lets two requests share one question to the upstream, if they come in the same turn of the loop.
// fails: one hundred requests wait for the upstream at the same time
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  let waiting: Promise<unknown> | undefined;
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      const mate = waiting;
      if (mate) {
        waiting = undefined;
        return await mate;
      }
      const asked = getJson(upstream, timeoutMs);
      waiting = asked;
      const over = (): void => {
        if (waiting === asked) waiting = undefined;
      };
      setImmediate(over);
      return await asked;
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
