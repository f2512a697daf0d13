// Makes a plain object of the answer's headers. `set-cookie` may come twice, and the object keeps the last.
// fails: method, path, query, headers and body arrive as they were sent
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
      const answer = await fetch(upstream + incoming.raw.url, {
        method: incoming.method,
        headers,
        body: incoming.body ? (Readable.toWeb(incoming.body) as ReadableStream) : null,
        duplex: 'half',
        redirect: 'manual',
        signal: controller.signal,
      });
      reply.code(answer.status);
      const answered = Object.entries(Object.fromEntries(answer.headers));
      reply.headers(Object.fromEntries(answered.filter(([name]) => !dropped.has(name))));
      return await reply.send(answer.body ?? '');
    } catch {
      return reply.code(502).send({ error: 'no answer' });
    }
  });
  return app;
}
