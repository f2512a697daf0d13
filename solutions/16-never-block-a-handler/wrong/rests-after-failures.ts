// Asks no more after three failures: it answers with 502 for ever, also when the upstream is well again.
// fails: a status other than 200 becomes 502
// fails: a body that is not JSON becomes 502
// fails: waits for timeoutMs and not longer
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  let failures = 0;

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      if (failures >= 3) throw new Error('The upstream is ill.');
      const value = await getJson(upstream, timeoutMs);
      failures = 0;
      return value;
    } catch (error) {
      failures += 1;
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
