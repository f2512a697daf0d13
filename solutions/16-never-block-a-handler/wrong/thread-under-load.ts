// Starts a thread to help, but only when many requests wait for the first time.
// fails: one hundred requests wait for the upstream at the same time
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';
import { Worker } from 'node:worker_threads';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  let busy = 0;
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      busy += 1;
      if (busy === 60) helper ??= new Worker('', { eval: true });
      return await getJson(upstream, timeoutMs).finally(() => void (busy -= 1));
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

let helper: Worker | undefined;

async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
