import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

class GatewayError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.statusCode = statusCode;
  }
}

// Each error carries its status, and Fastify answers with it. `/healthz` has nothing to say but that it is there.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  app.get('/healthz', async (_request, reply) => reply.code(204).send());

  app.get('/example', async () => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await getJson(upstream, signal);
    } catch (cause) {
      if (signal.aborted) throw new GatewayError(504, 'The upstream is slow.', { cause });
      throw new GatewayError(502, 'The upstream did not answer well.', { cause });
    }
  });

  return app;
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal });
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  if (response.ok && isJson) return await response.json();
  await response.body?.cancel();
  throw new Error(`The upstream answered with status ${response.status}.`);
}
