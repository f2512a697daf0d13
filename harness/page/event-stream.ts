import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What waits for a reader that takes nothing may grow so far; the browser then asks anew. */
const mostWaitingBytes = 4 * 1024 * 1024;

/** Server-sent events to one browser. */
export interface EventStream {
  /** Sends `data` as JSON. */
  send(event: string, data: unknown): void;
}

/** The event streams of a server: they end when it closes, since an open one would hold it. */
export class EventStreams {
  readonly #open = new Set<PassThrough>();

  constructor(app: FastifyInstance) {
    app.addHook('preClose', (done) => {
      for (const stream of this.#open) stream.end();
      done();
    });
  }

  /**
   * Answers `reply` with a stream of events, for as long as the browser listens.
   *
   * @param begin called with the stream; what it returns is called when the browser has left.
   */
  async open(reply: FastifyReply, begin: (stream: EventStream) => () => void): Promise<void> {
    const stream = new PassThrough();
    this.#open.add(stream);
    const end = begin({
      send: (event, data) => {
        stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
        if (stream.writableLength > mostWaitingBytes) stream.destroy();
      },
    });
    reply.raw.once('close', () => {
      this.#open.delete(stream);
      stream.destroy();
      end();
    });
    await reply.type('text/event-stream; charset=utf-8').send(stream);
  }
}
