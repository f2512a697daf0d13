// Tries a second time when the connection broke, when the upstream has trouble enough.
// fails: a connection that breaks becomes 502, and is not tried again
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { errors, request } from 'undici';

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, timeoutMs).catch((error: unknown) => {
        if (!isBroken(error)) throw error;
        return getJson(upstream, timeoutMs);
      });
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

function isBroken(error: unknown): boolean {
  return error instanceof errors.SocketError;
}
