// Calls itself ill after a failure of the upstream, although it can serve everything else.
// fails: /healthz answers by itself, whatever the upstream does
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  let well = true;
  app.get('/healthz', async (_request, reply) =>
    reply.code(well ? 200 : 503).send({ status: 'ok' }),
  );

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, timeoutMs);
    } catch (error) {
      well = false;
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
