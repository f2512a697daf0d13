// Passes `keep-alive` on. It says how long the other connection is kept, which is nobody else's business.
// fails: method, path, query, headers and body arrive as they were sent
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

const ofTheConnection = new Set(['connection', 'host', 'transfer-encoding']);

export function buildProxy({ upstream }: { upstream: string }): FastifyInstance {
  const agent = new Agent({ keepAlive: true });
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  app.addHook('onClose', () => {
    agent.destroy();
  });

  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    const outgoing = request(upstream + incoming.raw.url, {
      agent,
      method: incoming.method,
      headers: passedOn(incoming.headers),
    });
    reply.raw.on('close', () => {
      if (!reply.raw.writableFinished) outgoing.destroy(new Error('The client left.'));
    });
    if (incoming.body) pipeline(incoming.body, outgoing, () => {});
    else outgoing.end();
    try {
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      outgoing.on('error', () => {});
      reply.hijack();
      reply.raw.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
      pipeline(answer, reply.raw, () => {});
      return reply;
    } catch {
      return reply.code(502).send({ error: 'no answer' });
    }
  });
  return app;
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
