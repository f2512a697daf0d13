import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

class TooLate extends Error {}

// The `timeout` of Node's own client. It only tells that nothing has come for so long: to break off is up to you.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const agent = new Agent({ keepAlive: true });
  const app = fastify();
  app.addHook('onClose', async () => agent.destroy());
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, agent, timeoutMs);
    } catch (error) {
      return reply.code(error instanceof TooLate ? 504 : 502).send({ error: 'no answer' });
    }
  });
  return app;
}

function getJson(url: string, agent: Agent, timeout: number): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const request = get(url, { agent, timeout }, (response) => {
    text(response)
      .then((body) => {
        if (response.statusCode === 200) resolve(JSON.parse(body));
        else reject(new Error(`Status ${response.statusCode}`));
      })
      .catch(reject);
  });
  request.on('timeout', () => {
    reject(new TooLate());
    request.destroy();
  });
  request.on('error', reject);
  return promise;
}
