// Asks all questions of a socket at once, and keeps their answers in line. The connection of a stream is kept for what comes
// next, and a client from before a new start gets all that is there.
import { EventEmitter } from 'node:events';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

export interface Question {
  text: string;
  answer: (reply: string) => void;
}

/** Tells what no client has taken yet. */
class Waiting {
  #count = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get none(): boolean {
    return this.#count === 0;
  }

  get full(): boolean {
    return this.#count >= this.#limit;
  }

  add(): () => void {
    this.#count += 1;
    return () => {
      this.#count -= 1;
    };
  }
}

export function buildApp(options: { bus: EventEmitter; maxBuffered: number }): FastifyInstance {
  const { bus, maxBuffered } = options;
  const app = fastify();
  const clients = new EventEmitter().setMaxListeners(0);
  const history = new Map<number, string>();
  let lastId = 0;

  const onUpdate = (update: unknown): void => {
    const json = JSON.stringify(update);
    lastId += 1;
    history.set(lastId, json);
    history.delete(lastId - maxBuffered);
    clients.emit('update', lastId, json);
  };
  bus.on('update', onUpdate);

  app.addHook('preClose', async () => {
    bus.off('update', onUpdate);
    clients.emit('end');
  });
  // It closes the sockets itself.
  app.register(websocket);

  app.get('/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
    });
    raw.flushHeaders();
    const waiting = new Waiting(maxBuffered);
    const write = (id: number, json: string): void => {
      if (waiting.full) raw.destroy();
      else raw.write(`id: ${id}\ndata: ${json}\n\n`, waiting.add());
    };
    const end = (): void => {
      if (waiting.none) raw.end();
      else raw.destroy();
    };
    const header = String(request.headers['last-event-id']);
    const lastSeen = /^\d+$/.test(header) ? Number(header) : lastId;
    for (const [id, json] of history) if (id > lastSeen || lastSeen > lastId) write(id, json);
    clients.on('update', write).once('end', end);
    raw.once('close', () => clients.off('update', write).off('end', end));
  });

  app.register(async (scope) => {
    scope.get('/socket', { websocket: true }, (socket) => {
      const waiting = new Waiting(maxBuffered);
      const send = (json: string): void => {
        if (waiting.full) socket.terminate();
        else socket.send(json, waiting.add());
      };
      const onUpdateOfClient = (_id: number, json: string): void => send(`{"update":${json}}`);
      clients.on('update', onUpdateOfClient);
      socket.once('close', () => clients.off('update', onUpdateOfClient));

      // One place for each question. An answer is sent when all before it have been.
      const line: { reply: string | null }[] = [];
      socket.on('message', (data) => {
        const place: { reply: string | null } = { reply: null };
        line.push(place);
        const question: Question = {
          // oxlint-disable-next-line typescript/no-base-to-string -- a text message is a Buffer
          text: String(data),
          answer: (reply) => {
            place.reply = reply;
            while (line[0] && line[0].reply !== null) {
              send(JSON.stringify({ answer: line.shift()!.reply }));
            }
          },
        };
        bus.emit('question', question);
      });
    });
  });

  return app;
}
