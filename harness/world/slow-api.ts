import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from './random.ts';
import type { Random } from './random.ts';
import { RouteGates } from './route-gates.ts';
import { allowsBody, bodyFor, checkRoutes, routeFor } from './slow-route.ts';
import type { SlowRoute, SlowRoutes } from './slow-route.ts';
import { Traffic, withoutQuery } from './traffic.ts';
import type { OpenRequest } from './traffic.ts';

// By name, `import … from 'node:http'` takes 30 ms more: the module's face for ES modules reads a getter that loads Node's own undici.
const { createServer } = process.getBuiltinModule('node:http');

/** What a slow API is made of. */
export interface SlowApiOptions {
  readonly routes: SlowRoutes;
  /** The seed of the nonces; the process's own by default. */
  readonly seed?: number;
}

/** How many connections a server was given: a client that opens one for each request shows here. */
export interface Connections {
  readonly open: number;
  readonly opened: number;
}

/** At most so many bytes are left for the moment at which a request counts as answered. */
const lastPieceBytes = 1024;

/**
 * A real HTTP server on the loopback, in this thread, that is slow on purpose and counts what it is asked.
 *
 * Its delays are timers of this thread, so a virtual clock rules them. A request counts as answered just before the last
 * piece of its body is handed over: a client that has the whole body and asks again is never counted twice.
 */
export class SlowApi {
  readonly traffic = new Traffic();
  #routes: SlowRoutes;
  #gates = new RouteGates();
  #nonces: Random;
  #server: Server;
  #sockets = new Set<Socket>();
  #opened = 0;
  #port = 0;
  #closing = false;

  /** @throws {RangeError | TypeError} if a route makes no sense. */
  constructor(options: SlowApiOptions) {
    checkRoutes(options.routes);
    this.#routes = options.routes;
    this.#nonces = random(options.seed);
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
    // The server's own limits count real time: on a machine that stands still they would close a socket in use.
    Object.assign(this.#server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server.on('connection', (socket) => {
      this.#opened += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Where it listens, without a trailing slash: `http://127.0.0.1:40123`. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get connections(): Connections {
    return { open: this.#sockets.size, opened: this.#opened };
  }

  /** The whole address of `path`. */
  readonly url = (path: string): string => this.origin + path;

  /**
   * The body that was last served for `path`. Every request is served another one, so it cannot be kept or made up.
   *
   * @throws {RangeError} if none was served.
   */
  readonly bodyOf = (path: string): string => this.traffic.bodyOf(path);

  /** Lets the requests for `path` through that `gate` or `together` holds, now and later. */
  open(path: string): void {
    this.#gates.open(path);
  }

  /** How many requests for `path` are held. */
  waiting(path: string): number {
    return this.#gates.waiting(path);
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address !== 'string') this.#port = address.port;
  }

  /** Destroys every connection, kept-alive ones too, and stops listening. A second call changes nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#closing = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    const path = withoutQuery(target);
    const route = routeFor(this.#routes, path, this.traffic.of(path).length);
    const visit = this.traffic.begin({ method, path: target });
    const gone = new AbortController();
    // The response's `close` comes when the connection is lost; the request's comes as soon as its body was read.
    response.once('close', () => {
      visit.end(this.#closing ? 'failed' : 'aborted');
      gone.abort();
    });
    // A socket that breaks under an answer is an outcome, told by `close`.
    response.on('error', () => {});
    try {
      if (!route.echo) request.resume();
      await this.#gates.pass(path, route, gone.signal);
      await this.#answer({ request, response, route, visit, signal: gone.signal });
    } catch {
      // The client left or the API was closed, which `close` tells; where it does not come by itself, this brings it.
      response.destroy();
    }
  }

  async #answer(exchange: {
    request: IncomingMessage;
    response: ServerResponse;
    route: SlowRoute;
    visit: OpenRequest;
    signal: AbortSignal;
  }): Promise<void> {
    const { request, response, route, visit, signal } = exchange;
    if (route.fail === 'destroy') {
      visit.end('failed');
      request.socket.destroy();
      return;
    }
    const status = route.status ?? 200;
    const headers = { 'content-type': 'text/plain', ...route.headers };
    if (route.echo) {
      response.writeHead(status, headers);
      await pipeline(request, response, { signal, end: false });
      visit.end('done');
      response.end();
      return;
    }
    const nonce = this.#nonces.nonce();
    const text = allowsBody(status) ? bodyFor(route, nonce) : '';
    visit.serve(text);
    const body = Buffer.from(text);
    response.writeHead(
      status,
      allowsBody(status) ? { ...headers, 'content-length': body.length } : route.headers,
    );
    const halfway = route.fail || route.bodyDelayMs ? Math.ceil(body.length / 2) : 0;
    await write(response, body.subarray(0, halfway), signal);
    if (route.fail === 'stall') return;
    if (route.fail === 'cut') {
      visit.end('failed');
      request.socket.destroy();
      return;
    }
    if (route.bodyDelayMs) await sleep(route.bodyDelayMs, undefined, { signal });
    const last = Math.max(halfway, body.length - lastPieceBytes);
    await write(response, body.subarray(halfway, last), signal);
    visit.end('done');
    response.end(body.subarray(last));
  }
}

/**
 * Starts a slow API on the loopback.
 *
 * @throws {RangeError | TypeError} if a route makes no sense.
 * @example
 * await using api = await startSlowApi({ routes: { '/a': { delayMs: 1000 }, '/bad': { fail: 'destroy' } } });
 * const bodies = await fetchAll(['/a'].map(api.url));
 * expect(bodies).toEqual([api.bodyOf('/a')]);
 * expect(api.traffic.peak).toBe(1);
 */
export async function startSlowApi(options: SlowApiOptions): Promise<SlowApi> {
  const api = new SlowApi(options);
  await api.listen();
  return api;
}

/** Hands over `piece` and waits until it has left for the client; a client that does not read holds it up. */
async function write(response: ServerResponse, piece: Buffer, signal: AbortSignal): Promise<void> {
  if (piece.length === 0) return;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => {
    reject(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  response.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise.finally(() => {
    signal.removeEventListener('abort', stop);
  });
}
