// Ends the answer also when it broke off. The client takes half of it for the whole.
// fails: an answer that breaks off is not passed on as a whole one
import { once } from 'node:events';
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

  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
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
      reply.hijack();
      reply.raw.writeHead(answer.statusCode, passedOn(answer.headers));
      try {
        for await (const piece of answer.body) {
          if (!reply.raw.write(piece)) await once(reply.raw, 'drain', { signal: left.signal });
        }
      } finally {
        reply.raw.end();
      }
      return reply;
    } catch {
      if (reply.sent) return reply;
      return reply.code(502).send({ error: 'The upstream did not answer.' });
    }
  });

  return app;
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
