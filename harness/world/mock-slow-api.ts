import { AsyncLocalStorage } from 'node:async_hooks';
import { errors, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import type { Dispatcher } from 'undici';
import { random } from './random.ts';
import { RouteGates } from './route-gates.ts';
import { bodyFor, checkRoutes, routeFor } from './slow-route.ts';
import type { SlowRoutes } from './slow-route.ts';
import { Traffic, withoutQuery } from './traffic.ts';
import type { OpenRequest } from './traffic.ts';

const origin = 'http://slow-api.test';

/** A request, and the signal that tells when its client gave up. */
interface Visit {
  readonly request: OpenRequest;
  readonly gone: AbortController;
}

/**
 * A slow API without sockets: undici's `MockAgent`, made the dispatcher of undici and of the global `fetch` until it is
 * closed. Other hosts cannot be reached meanwhile.
 *
 * A program that brings its own dispatcher or another client goes past it: where any client is to pass, use `startSlowApi`.
 */
export class MockSlowApi {
  readonly traffic = new Traffic();
  readonly origin = origin;
  #routes: SlowRoutes;
  #gates = new RouteGates();
  #nonces;
  #agent = new MockAgent();
  #previous = getGlobalDispatcher();
  #visits = new AsyncLocalStorage<Visit>();
  #closed = false;

  /** @throws {RangeError | TypeError} if a route makes no sense, or needs a socket (`cut`, `stall`, `bodyDelayMs`, `echo`). */
  constructor(options: { routes: SlowRoutes; seed?: number }) {
    checkRoutes(options.routes);
    refuseSocketRoutes(options.routes);
    this.#routes = options.routes;
    this.#nonces = random(options.seed);
    this.#agent.disableNetConnect();
    this.#agent
      .get(origin)
      .intercept({ path: () => true, method: () => true })
      .reply(() => this.#reply())
      .persist();
    setGlobalDispatcher(this.#agent.compose((dispatch) => this.#counting(dispatch)));
  }

  /** The whole address of `path`. */
  readonly url = (path: string): string => origin + path;

  /**
   * The body that was last served for `path`.
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

  /** Gives undici its dispatcher back. A second call changes nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    setGlobalDispatcher(this.#previous);
    await this.#agent.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #counting(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
    return (options, handler) => {
      const { method, path } = options;
      const visit = { request: this.traffic.begin({ method, path }), gone: new AbortController() };
      return this.#visits.run(visit, () => dispatch(options, new CountingHandler(handler, visit)));
    };
  }

  async #reply(): Promise<{ statusCode: number; data: string; responseOptions: object }> {
    const visit = this.#visits.getStore();
    if (!visit) throw new Error('Expected a request that was counted, got one that was not.');
    const { record } = visit.request;
    const path = withoutQuery(record.path);
    const hit = this.traffic.of(path).indexOf(record);
    const route = routeFor(this.#routes, path, hit);
    await this.#gates.pass(path, route, visit.gone.signal);
    if (route.fail) throw new errors.SocketError('other side closed');
    const data = bodyFor(route, this.#nonces.nonce());
    visit.request.serve(data);
    return { statusCode: route.status ?? 200, data, responseOptions: { headers: route.headers } };
  }
}

/** Starts a slow API that needs no socket; see {@link MockSlowApi}. */
export function startMockSlowApi(options: { routes: SlowRoutes; seed?: number }): MockSlowApi {
  return new MockSlowApi(options);
}

/** Passes everything on and ends the request in the books before the client hears that it ended. */
class CountingHandler implements Dispatcher.DispatchHandler {
  #handler: Dispatcher.DispatchHandler;
  #visit: Visit;
  #ended = false;

  constructor(handler: Dispatcher.DispatchHandler, visit: Visit) {
    this.#handler = handler;
    this.#visit = visit;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onResponseStart(...answer: Parameters<HandlerOf<'onResponseStart'>>): void {
    this.#handler.onResponseStart?.(...answer);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(...end: Parameters<HandlerOf<'onResponseEnd'>>): void {
    this.#ended = true;
    this.#visit.request.end('done');
    this.#handler.onResponseEnd?.(...end);
  }

  /** An abort comes here first; the answer that it stopped comes after it, to nobody. */
  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#visit.request.end(controller?.aborted ? 'aborted' : 'failed');
    this.#visit.gone.abort(error);
    // The mock tells of a failing reply without a controller, which undici's own types do not know.
    this.#handler.onResponseError?.(controller as Dispatcher.DispatchController, error);
  }
}

type HandlerOf<Name extends keyof Dispatcher.DispatchHandler> = NonNullable<
  Dispatcher.DispatchHandler[Name]
>;

function refuseSocketRoutes(routes: SlowRoutes): void {
  for (const [path, entry] of Object.entries(routes)) {
    for (const route of [entry].flat() as SlowRoutes[string][]) {
      if (!needsSocket(route)) continue;
      throw new TypeError(
        `Expected ${path} to need no socket, got a body that is cut, stalled, slow or echoed. Use \`startSlowApi\`.`,
      );
    }
  }
}

function needsSocket(route: SlowRoutes[string]): boolean {
  const { fail, bodyDelayMs, echo } = route as {
    fail?: string;
    bodyDelayMs?: number;
    echo?: boolean;
  };
  return fail === 'cut' || fail === 'stall' || Boolean(bodyDelayMs) || Boolean(echo);
}
