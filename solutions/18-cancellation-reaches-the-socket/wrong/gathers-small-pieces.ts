// Gathers small pieces of the answer until a block is full. What should be seen now is seen at the end.
// fails: an answer goes to the client as it comes, piece by piece
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, Transform } from 'node:stream';
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
      return await reply
        .code(answer.statusCode)
        .headers(passedOn(answer.headers))
        .send(pipeline(answer.body, inBlocks(), () => {}));
    } catch {
      return reply.code(502).send({ error: 'The upstream did not answer.' });
    }
  });

  return app;
}

/** Passes on blocks of 16 KB or more. */
function inBlocks(): Transform {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (): Buffer => {
    const block = Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    return block;
  };
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      bytes += piece.length;
      done(null, bytes < 16_384 ? undefined : take());
    },
    flush(done) {
      done(null, take());
    },
  });
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
