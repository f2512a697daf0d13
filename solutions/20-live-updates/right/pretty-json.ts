// JSON for people to read, in several `data:` lines; what waits for a stream is joined and written at once.
import { on } from 'node:events';
import type { EventEmitter } from 'node:events';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

export interface Question {
  text: string;
  answer: (reply: string) => void;
}

interface Update {
  id: number;
  json: string;
}

interface Client {
  tell(update: Update): void;
  stop(): void;
}

export function buildApp(options: { bus: EventEmitter; maxBuffered: number }): FastifyInstance {
  const { bus, maxBuffered } = options;
  const app = fastify();
  const clients = new Set<Client>();
  const kept: Update[] = [];
  let id = 0;

  const publish = (value: unknown): void => {
    id += 1;
    const update = { id, json: JSON.stringify(value, null, 1) };
    kept.push(update);
    kept.splice(0, kept.length - maxBuffered);
    for (const client of clients) client.tell(update);
  };
  bus.on('update', publish);
  app.addHook('preClose', async () => {
    bus.off('update', publish);
    for (const client of clients) client.stop();
  });
  void app.register(websocket);

  app.get('/events', (request, reply) => {
    const { raw } = reply.hijack();
    raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
    raw.setHeader('connection', 'close');
    raw.flushHeaders();
    const waiting: string[] = [];
    let busy = false;

    const pump = (): void => {
      if (busy || waiting.length === 0 || raw.destroyed) return;
      busy = true;
      const count = waiting.length;
      raw.write(waiting.join(''), (error) => {
        busy = false;
        waiting.splice(0, count);
        if (!error) pump();
      });
    };
    const client: Client = {
      tell: (update) => {
        waiting.push(`id: ${update.id}\ndata: ${update.json.replaceAll('\n', '\ndata: ')}\n\n`);
        if (waiting.length > maxBuffered) raw.destroy();
        else pump();
      },
      stop: () => {
        if (waiting.length > 0) raw.destroy();
        else raw.end();
      },
    };
    const seen = request.headers['last-event-id'];
    if (typeof seen === 'string' && /^\d+$/.test(seen)) {
      for (const update of kept) if (update.id > Number(seen)) client.tell(update);
    }
    clients.add(client);
    raw.on('close', () => clients.delete(client));
  });

  void app.register(async (scope) => {
    scope.get('/socket', { websocket: true }, async (socket) => {
      let waiting = 0;
      const send = (json: string): void => {
        waiting += 1;
        if (waiting > maxBuffered) socket.terminate();
        else
          socket.send(json, () => {
            waiting -= 1;
          });
      };
      const client: Client = {
        tell: ({ json }) => send(`{ "update": ${json} }`),
        stop: () => {
          if (waiting > 0) socket.terminate();
          else socket.close(1012);
        },
      };
      clients.add(client);
      socket.on('close', () => clients.delete(client));
      for await (const [data] of on(socket, 'message', { close: ['close'] })) {
        const { promise, resolve: answer } = Promise.withResolvers<string>();
        bus.emit('question', { text: String(data), answer } satisfies Question);
        send(JSON.stringify({ answer: await promise }));
      }
    });
  });

  return app;
}
