// Counts the messages of all clients together. One that takes nothing uses up the room of the others.
// fails: a client that takes nothing is dropped, and nobody waits for it
import type { EventEmitter } from 'node:events';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** What a customer asks over a socket. Somebody who listens to the bus answers, at once or later. */
export interface Question {
  text: string;
  answer: (reply: string) => void;
}

type Write = (message: string, done: () => void) => void;

let pending = 0;

/** `send` that lets at most `max` messages wait, and then drops. */
const bounded = (max: number, write: Write, drop: () => void) => {
  let dropped = false;
  return {
    isBehind: () => pending > 0,
    send: (message: string): void => {
      if (dropped) return;
      if (pending >= max) {
        dropped = true;
        drop();
        return;
      }
      pending += 1;
      write(message, () => {
        pending -= 1;
      });
    },
  };
};

const ask = (bus: EventEmitter, text: string): Promise<string> =>
  new Promise((answer) => bus.emit('question', { text, answer } satisfies Question));

export const buildApp = ({
  bus,
  maxBuffered,
}: {
  bus: EventEmitter;
  maxBuffered: number;
}): FastifyInstance => {
  const app = fastify();
  let kept: readonly { id: number; update: unknown }[] = [];
  let lastId = 0;
  let closers: readonly (() => void)[] = [];
  const onClose = (close: () => void) => {
    closers = [...closers, close];
    return () => {
      closers = closers.filter((other) => other !== close);
    };
  };
  const remember = (update: unknown): void => {
    lastId += 1;
    kept = [...kept, { id: lastId, update }].slice(-maxBuffered);
  };
  // The first listener: so those of the clients find the new id.
  bus.on('update', remember);

  app.addHook('preClose', () => {
    bus.off('update', remember);
    closers.forEach((close) => close());
    return Promise.resolve();
  });
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
    const client = bounded(
      maxBuffered,
      (message, done) => raw.write(message, done),
      () => {
        bus.off('update', onUpdate);
        raw.destroy();
      },
    );
    const onUpdate = (update: unknown): void => client.send(toEvent(lastId, update));
    const lastSeen = readId(request.headers['last-event-id']) ?? lastId;
    kept
      .filter(({ id }) => id > lastSeen)
      .forEach(({ id, update }) => client.send(toEvent(id, update)));
    bus.on('update', onUpdate);
    const forget = onClose(() => {
      bus.off('update', onUpdate);
      if (client.isBehind()) raw.destroy();
      else raw.end();
    });
    raw.on('close', () => {
      bus.off('update', onUpdate);
      forget();
    });
  });

  app.register(async (scope) => {
    scope.get('/socket', { websocket: true }, (socket) => {
      const client = bounded(
        maxBuffered,
        (message, done) => socket.send(message, done),
        () => socket.terminate(),
      );
      const onUpdate = (update: unknown): void => client.send(JSON.stringify({ update }));
      bus.on('update', onUpdate);
      const forget = onClose(() => {
        bus.off('update', onUpdate);
        if (client.isBehind()) socket.terminate();
        else socket.close(1001);
      });
      let before: Promise<unknown> = Promise.resolve();
      socket.on('message', (data: Buffer) => {
        before = before
          .then(() => ask(bus, data.toString()))
          .then((answer) => client.send(JSON.stringify({ answer })));
      });
      socket.on('close', () => {
        bus.off('update', onUpdate);
        forget();
      });
    });
  });

  return app;
};

function toEvent(id: number, update: unknown): string {
  return `id: ${id}\ndata: ${JSON.stringify(update)}\n\n`;
}

function readId(header: unknown): number | null {
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null;
}
