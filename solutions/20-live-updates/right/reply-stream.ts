// A readable stream for each client of /events, which the framework connects with the answer; and a listener on the bus for each client.
import type { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

export interface Question {
  text: string;
  answer: (reply: string) => void;
}

export function buildApp(options: { bus: EventEmitter; maxBuffered: number }): FastifyInstance {
  const { bus, maxBuffered } = options;
  const app = fastify();
  const farewells = new Set<() => void>();
  let events: string[] = [];
  let lastId = 0;

  const number = (update: unknown): void => {
    lastId += 1;
    events = [...events, `id: ${lastId}\ndata: ${JSON.stringify(update)}\n\n`].slice(-maxBuffered);
  };
  // The first listener of the bus: whoever listens later finds the update numbered.
  bus.on('update', number);

  app.addHook('preClose', async () => {
    bus.off('update', number);
    for (const farewell of farewells) farewell();
  });
  void app.register(websocket);

  app.get('/events', (request, reply) => {
    const stream = new Readable({ objectMode: true, read: () => {} });
    const last = request.headers['last-event-id'];
    const missed = typeof last === 'string' && /^\d+$/.test(last) ? lastId - Number(last) : 0;
    stream.push(': welcome\n\n');
    if (missed > 0) for (const event of events.slice(-missed)) stream.push(event);

    const next = (): void => {
      stream.push(events.at(-1));
      if (stream.readableLength > maxBuffered) stream.destroy();
    };
    const end = (): void => {
      if (stream.readableLength > 0 || reply.raw.writableNeedDrain) stream.destroy();
      else stream.push(null);
    };
    bus.on('update', next);
    farewells.add(end);
    stream.on('close', () => {
      bus.off('update', next);
      farewells.delete(end);
    });
    void reply.headers({ 'content-type': 'text/event-stream', connection: 'close' }).send(stream);
  });

  void app.register(async (scope) => {
    scope.get('/socket', { websocket: true }, (socket) => {
      const waiting = new Set<symbol>();
      let answered = Promise.resolve();
      const send = (message: object): void => {
        if (waiting.size === maxBuffered) return socket.terminate();
        const ticket = Symbol('message');
        waiting.add(ticket);
        socket.send(JSON.stringify(message), () => waiting.delete(ticket));
      };
      const next = (update: unknown): void => send({ update });
      const end = (): void => (waiting.size > 0 ? socket.terminate() : socket.close());

      bus.on('update', next);
      farewells.add(end);
      socket.on('message', (data: Buffer) => {
        answered = answered.then(async () => {
          const { promise, resolve: answer } = Promise.withResolvers<string>();
          bus.emit('question', { text: data.toString(), answer } satisfies Question);
          send({ answer: await promise });
        });
      });
      socket.on('close', () => {
        bus.off('update', next);
        farewells.delete(end);
      });
    });
  });

  return app;
}
