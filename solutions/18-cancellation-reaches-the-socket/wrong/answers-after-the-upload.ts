// Waits until the body of the client is complete before it looks for an answer. An upstream that answers earlier is not heard.
// fails: a body goes to the upstream as it comes, piece by piece
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

const ofTheConnection = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding']);

// Node's own client. The request to the upstream is destroyed with the answer that it is for, unless that went well.
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
    const answered = once(outgoing, 'response');
    answered.catch(() => {});
    try {
      if (incoming.body) await pipe(incoming.body, outgoing);
      else outgoing.end();
      const [answer] = (await answered) as [IncomingMessage];
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
