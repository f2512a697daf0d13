import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

// Node's own client, without keeping connections.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await open(upstream, signal);
      const body: unknown = JSON.parse(await text(response));
      if (response.statusCode === 200) return body;
    } catch {
      if (signal.aborted) return reply.code(504).send({ error: 'too late' });
    }
    return reply.code(502).send({ error: 'bad answer' });
  });
  return app;
}

function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, signal }, resolve).on('error', reject);
  });
}
