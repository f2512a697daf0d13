import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';

const ofTheConnection = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding']);

// The client's socket is watched while its request goes on, and no longer.
export function buildProxy(options: { upstream: string }): FastifyInstance {
  const pool = new Pool(options.upstream);
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  app.addHook('onClose', () => pool.close());

  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    using left = signalOf(incoming.socket);
    const { signal } = left;
    try {
      const answer = await pool.request({
        path: incoming.raw.url ?? '/',
        method: incoming.method,
        headers: passedOn(incoming.headers),
        body: incoming.body ?? null,
        signal,
      });
      reply.hijack();
      reply.raw.writeHead(answer.statusCode, passedOn(answer.headers));
      await pipeline(answer.body, reply.raw);
      return reply;
    } catch {
      return reply.sent ? reply : reply.code(502).send({ error: 'no answer' });
    }
  });
  return app;
}

function signalOf(socket: NodeJS.EventEmitter) {
  const controller = new AbortController();
  const leave = (): void => controller.abort();
  socket.once('close', leave);
  return { signal: controller.signal, [Symbol.dispose]: () => socket.off('close', leave) };
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
