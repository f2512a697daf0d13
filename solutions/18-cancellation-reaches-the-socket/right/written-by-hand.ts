import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Agent } from 'undici';

// The upstream hears for whom the client asked, so `host` stays.
const ofTheConnection = new Set(['connection', 'keep-alive', 'transfer-encoding']);

// Each piece is written by hand. An upstream that is down is told as 503.
export function buildProxy(options: { upstream: string }): FastifyInstance {
  const agent = new Agent();
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  app.addHook('onClose', () => agent.close());

  app.all<{ Body?: Readable }>('/*', async (incoming, reply) => {
    reply.hijack();
    using client = departure(reply);
    try {
      const answer = await agent.request({
        origin: options.upstream,
        path: incoming.raw.url ?? '/',
        method: incoming.method,
        headers: passedOn(incoming.headers),
        body: incoming.body ?? null,
        signal: client.signal,
      });
      reply.raw.writeHead(answer.statusCode, passedOn(answer.headers));
      reply.raw.flushHeaders();
      for await (const chunk of answer.body) {
        if (!reply.raw.write(chunk)) await client.reads();
      }
      reply.raw.end();
    } catch {
      if (reply.raw.headersSent) reply.raw.destroy();
      else reply.raw.writeHead(503).end();
    }
  });

  return app;
}

/** Notices when the client leaves. At the end of its scope it looks no more. */
function departure({ raw }: FastifyReply) {
  const controller = new AbortController();
  const { signal } = controller;
  const look = (): void => {
    if (!raw.writableFinished) controller.abort(new Error('The client left.'));
  };
  raw.on('close', look);
  return {
    signal,
    /** Resolves when the client takes more, and rejects when it has left. */
    reads: () =>
      new Promise<void>((resolve, reject) => {
        raw.once('drain', () => {
          signal.removeEventListener('abort', fail);
          resolve();
        });
        const fail = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', fail, { once: true });
        if (signal.aborted) fail();
      }),
    [Symbol.dispose]: () => {
      raw.off('close', look);
    },
  };
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
