// Keeps the first answer, and gives everybody yesterday's price of gold.
// fails: answers with the JSON of the upstream, asked anew each time
// fails: a status other than 200 becomes 502
// fails: a connection that breaks becomes 502, and is not tried again
// fails: an upstream that cannot be reached becomes 502
// fails: waits for timeoutMs and not longer
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  let known: unknown;

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      known ??= await getJson(upstream, timeoutMs);
      return known;
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
