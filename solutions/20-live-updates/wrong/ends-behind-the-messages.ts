// Ends a connection when the last message has been taken: a client that takes nothing holds up the closing for ever.
// fails: closing the app waits for nobody who takes nothing
import { on } from 'node:events';
import type { EventEmitter } from 'node:events';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** What a customer asks over a socket. Somebody who listens to the bus answers, at once or later. */
export interface Question {
  text: string;
  answer: (reply: string) => void;
}

/** What one customer is connected by: a stream of events, or a socket. */
interface Connection {
  waiting: number;
  ending?: boolean;
  write(message: string, taken: () => void): void;
  end(): void;
  destroy(): void;
}

/** Builds the server: `GET /events` is a stream of server-sent events, `/socket` a WebSocket. */
export function buildApp(options: { bus: EventEmitter; maxBuffered: number }): FastifyInstance {
  const { bus, maxBuffered } = options;
  const app = fastify();
  const kept: { id: number; update: unknown }[] = [];
  const streams = new Set<Connection>();
  const sockets = new Set<Connection>();
  let lastId = 0;

  const publish = (update: unknown): void => {
    lastId += 1;
    kept.push({ id: lastId, update });
    if (kept.length > maxBuffered) kept.shift();
    for (const stream of streams) send(stream, toEvent(lastId, update));
    for (const socket of sockets) send(socket, JSON.stringify({ update }));
  };
  bus.on('update', publish);

  function send(connection: Connection, message: string): void {
    if (connection.waiting >= maxBuffered) {
      connection.destroy();
      return;
    }
    connection.waiting += 1;
    connection.write(message, () => {
      connection.waiting -= 1;
      if (connection.ending && connection.waiting === 0) connection.end();
    });
  }

  function endAll(): void {
    bus.off('update', publish);
    for (const connection of [...streams, ...sockets]) {
      if (connection.waiting === 0) connection.end();
      else connection.ending = true;
    }
  }

  app.addHook('preClose', async () => endAll());
  app.register(websocket);

  app.get('/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      connection: 'close',
    });
    raw.flushHeaders();
    const stream: Connection = {
      waiting: 0,
      write: (message, taken) => raw.write(message, taken),
      end: () => raw.end(),
      destroy: () => raw.destroy(),
    };
    const lastSeen = readId(request.headers['last-event-id']) ?? lastId;
    for (const { id, update } of kept) if (id > lastSeen) send(stream, toEvent(id, update));
    streams.add(stream);
    raw.on('close', () => streams.delete(stream));
  });

  app.register(async (scope) => {
    scope.get('/socket', { websocket: true }, async (socket) => {
      const connection: Connection = {
        waiting: 0,
        write: (message, taken) => socket.send(message, taken),
        end: () => socket.close(1001),
        destroy: () => socket.terminate(),
      };
      sockets.add(connection);
      socket.on('close', () => sockets.delete(connection));
      for await (const [data] of on(socket, 'message', { close: ['close'] })) {
        const answer = await ask(bus, String(data));
        send(connection, JSON.stringify({ answer }));
      }
    });
  });

  return app;
}

function ask(bus: EventEmitter, text: string): Promise<string> {
  return new Promise((answer) => {
    const question: Question = { text, answer };
    bus.emit('question', question);
  });
}

function toEvent(id: number, update: unknown): string {
  return `id: ${id}\ndata: ${JSON.stringify(update)}\n\n`;
}

function readId(header: unknown): number | null {
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null;
}
