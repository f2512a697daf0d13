// Breaks off a request that waits for the headers. Amid the body it only stops waiting, and the request goes on.
// fails: timeoutMs covers the body too
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
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop);
  signal.addEventListener('abort', () => late.reject(signal.reason));
  late.promise.catch(() => {});
  const { statusCode, body } = await request(url, { signal: controller.signal });
  signal.removeEventListener('abort', stop);
  const text = await Promise.race([body.text(), late.promise]);
  if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
  return JSON.parse(text);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
