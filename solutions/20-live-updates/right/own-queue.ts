// A queue for each client, and a loop that writes one message after another; with a sign of life for streams.
import { EventEmitter, on } from 'node:events';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

export interface Question {
  text: string;
  answer: (reply: string) => void;
}

type Write = (message: string, taken: () => void) => unknown;

class Outbox {
  #queue: string[] = [];
  #write: Write;
  #destroy: () => void;
  #limit: number;

  constructor(write: Write, destroy: () => void, limit: number) {
    this.#write = write;
    this.#destroy = destroy;
    this.#limit = limit;
  }

  put(message: string): void {
    this.#queue.push(message);
    if (this.#queue.length > this.#limit) this.#destroy();
    else if (this.#queue.length === 1) void this.#deliver();
  }

  end(politely: () => void): void {
    if (this.#queue.length > 0) this.#destroy();
    else politely();
  }

  async #deliver(): Promise<void> {
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      const taken = Promise.withResolvers<void>();
      this.#write(message, taken.resolve);
      await taken.promise;
      this.#queue.shift();
    }
  }
}

export function buildApp(options: { bus: EventEmitter; maxBuffered: number }): FastifyInstance {
  const { bus, maxBuffered } = options;
  const app = fastify();
  const news = new EventEmitter().setMaxListeners(0);
  const history: { id: number; update: unknown }[] = [];
  let nextId = 1;

  const onUpdate = (update: unknown): void => {
    const event = { id: nextId, update };
    nextId += 1;
    history.push(event);
    if (history.length > maxBuffered) history.shift();
    news.emit('event', event);
  };
  bus.on('update', onUpdate);
  app.addHook('preClose', async () => {
    bus.off('update', onUpdate);
    news.emit('end');
  });

  app.get('/events', (request, reply) => {
    const { raw } = reply.hijack();
    raw.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
    raw.write('retry: 1000\r\n\r\n');
    const outbox = new Outbox(
      (message, taken) => raw.write(message, taken),
      () => raw.socket?.destroy(),
      maxBuffered,
    );
    const tell = ({ id, update }: { id: number; update: unknown }): void =>
      outbox.put(`id:${id}\r\ndata:${JSON.stringify(update)}\r\n\r\n`);
    const end = (): void => outbox.end(() => raw.end());
    const signs = setInterval(() => outbox.put(': still here\r\n\r\n'), 15_000);

    const header = String(request.headers['last-event-id']);
    const seen = /^\d+$/.test(header) ? Number(header) : Infinity;
    for (const event of history.filter(({ id }) => id > seen)) tell(event);
    news.on('event', tell).on('end', end);
    request.raw.socket.on('close', () => {
      clearInterval(signs);
      news.off('event', tell).off('end', end);
    });
  });

  void app.register(websocket).after(() => {
    app.get('/socket', { websocket: true }, (socket) => {
      const outbox = new Outbox(
        (message, taken) => socket.send(message, taken),
        () => socket.terminate(),
        maxBuffered,
      );
      const tell = ({ update }: { update: unknown }): void =>
        outbox.put(JSON.stringify({ update }));
      const end = (): void => outbox.end(() => socket.close());
      news.on('event', tell).on('end', end);
      socket.on('close', () => news.off('event', tell).off('end', end));
      void answerQuestions();

      async function answerQuestions(): Promise<void> {
        for await (const [data] of on(socket, 'message', { close: ['close'] })) {
          const answer = await new Promise<string>((resolve) => {
            bus.emit('question', { text: String(data), answer: resolve });
          });
          outbox.put(JSON.stringify({ answer }));
        }
      }
    });
  });

  return app;
}
