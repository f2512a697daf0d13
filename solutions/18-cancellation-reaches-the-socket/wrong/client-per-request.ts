// Makes a client for each request, so that it can be destroyed. Every request opens a connection of its own.
// fails: a normal end aborts nothing, and the connection is used again
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Client } from 'undici';

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

  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    const client = new Client(upstream);
    reply.raw.once('close', () => {
      void client.destroy();
    });
    try {
      const answer = await client.request({
        path: incoming.raw.url ?? '/',
        method: incoming.method,
        headers: passedOn(incoming.headers),
        body: incoming.body ?? null,
      });
      return await reply
        .code(answer.statusCode)
        .headers(passedOn(answer.headers))
        .send(answer.body);
    } catch {
      return reply.code(502).send({ error: 'The upstream did not answer.' });
    }
  });

  return app;
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
