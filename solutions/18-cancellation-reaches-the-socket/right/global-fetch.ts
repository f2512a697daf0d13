import { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

const dropped = new Set([
  'connection',
  'host',
  'keep-alive',
  'transfer-encoding',
  'content-length',
]);

// The global `fetch`, asked for an address that `new URL` makes. After a normal end there is nothing left to abort, so nobody asks how the answer ended.
export function buildProxy({ upstream }: { upstream: string }): FastifyInstance {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => controller.abort());
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (!dropped.has(name)) headers.set(name, String(value));
    }
    try {
      const answer = await fetch(new URL(incoming.url, upstream), {
        method: incoming.method,
        headers,
        body: incoming.body ? (Readable.toWeb(incoming.body) as ReadableStream) : null,
        duplex: 'half',
        redirect: 'manual',
        signal: controller.signal,
      });
      reply.code(answer.status);
      for (const [name, value] of answer.headers) if (!dropped.has(name)) reply.header(name, value);
      return await reply.send(answer.body ?? '');
    } catch {
      return reply.code(502).send({ error: 'no answer' });
    }
  });
  return app;
}
