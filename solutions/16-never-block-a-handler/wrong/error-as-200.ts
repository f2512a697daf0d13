// Answers with 200 and the error in the body: nobody can tell it from a good answer.
// fails: a status other than 200 becomes 502
// fails: a connection that breaks becomes 502, and is not tried again
// fails: an upstream that cannot be reached becomes 502
// fails: a body that is not JSON becomes 502
// fails: a slow request becomes 504, and is broken off at the upstream
// fails: waits for timeoutMs and not longer
// fails: timeoutMs covers the body too
// fails: timeoutMs is 500 where it is not given
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, timeoutMs);
    } catch (error) {
      return reply.send({ error: isTimeout(error) ? 'timeout' : 'bad gateway' });
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
