// Listens once to each connection, for its first request. Later requests on it are never cancelled.
// fails: a kept connection keeps no listener of the requests before
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

  const watched = new WeakSet<object>();
  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    // The answer's `close` comes when the connection is lost, and also after a normal end: then all of it was written. The request's
    // `close` says less: it comes as soon as the body was read.
    const left = new AbortController();
    if (!watched.has(incoming.socket)) {
      watched.add(incoming.socket);
      incoming.socket.once('close', () => left.abort());
    }
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
  });

  return app;
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
