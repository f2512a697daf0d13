// Given: the event streams that are open now.
import type { ServerResponse } from 'node:http';

export class EventStreams {
  #open = new Set<ServerResponse>();

  /** Begins a stream of server-sent events. It ends when its client leaves, or when you end it. */
  begin(response: ServerResponse): void {
    // No other request comes over the connection of a stream: it is closed when the stream ends.
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    response.write('data: welcome\n\n');
    this.#open.add(response);
    response.on('close', () => this.#open.delete(response));
  }

  /** Ends all streams, each with a last event. A browser then connects again, to another server. Call it as often as you like. */
  end(): void {
    for (const response of this.#open) {
      this.#open.delete(response);
      response.end('data: goodbye\n\n');
    }
  }
}
