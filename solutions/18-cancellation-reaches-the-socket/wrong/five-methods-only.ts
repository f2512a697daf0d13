// Names the methods that it knows. A browser asks with OPTIONS first, and is told that there is no such page.
// fails: method, path, query, headers and body arrive as they were sent
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

/** These headers belong to one connection, and a proxy has two. */
const ofTheConnection = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding']);

/** Builds a proxy: it asks `upstream` whatever it is asked, and gives its answer. */
export function buildProxy(options: { upstream: string }): FastifyInstance {
  const { upstream } = options;
  const app = fastify();
  // A body is passed on as it comes, so nothing may parse it. `body` is then the stream, or undefined.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });

  const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  app.route<{ Body?: Readable }>({
    method,
    url: '/*',
    handler: async (incoming, reply) => {
      const left = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) left.abort();
      });
      try {
        const answer = await request(upstream + incoming.raw.url, {
          method: incoming.method,
          headers: passedOn(incoming.headers),
          body: incoming.body ?? null,
          signal: left.signal,
        });
        return await reply
          .code(answer.statusCode)
          .headers(passedOn(answer.headers))
          .send(answer.body);
      } catch {
        return reply.code(502).send({ error: 'The upstream did not answer.' });
      }
    },
  });

  return app;
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
