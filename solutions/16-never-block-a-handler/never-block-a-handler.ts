import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

/** Builds the server: `GET /healthz` answers by itself, `GET /example` with the JSON of `upstream`. */
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, timeoutMs);
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

// Each `await` gives the event loop back, and the others are served. The signal covers the body too: whoever reads it waits
// until the last byte, or until the time is up. An abort also closes the connection, so the upstream can stop working.
async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
