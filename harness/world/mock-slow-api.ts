import { errors, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import type { Dispatcher } from 'undici';
import { CountingHandler } from './counting-handler.ts';
import { random } from './random.ts';
import type { Random } from './random.ts';
import { RouteGates } from './route-gates.ts';
import { allowsBody, bodyFor, checkRoutes, needsSocket, routeFor } from './slow-route.ts';
import type { SlowApiOptions } from './slow-api.ts';
import type { SlowRoute, SlowRoutes } from './slow-route.ts';
import { Traffic, withoutQuery } from './traffic.ts';

const origin = 'http://slow-api.test';

/** What a slow API without sockets is made of. */
export type MockSlowApiOptions = SlowApiOptions;

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
  #nonces: Random;
  #agent = new MockAgent();
  #previous = getGlobalDispatcher();
  #closed = false;

  /** @throws {RangeError | TypeError} if a route makes no sense, or needs a socket (`cut`, `stall`, `bodyDelayMs`, `echo`). */
  constructor(options: MockSlowApiOptions) {
    checkRoutes(options.routes);
    for (const [path, route] of Object.entries(options.routes)) refuseSocket(path, route);
    this.#routes = options.routes;
    this.#nonces = random(options.seed);
    this.#agent.disableNetConnect();
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

  /**
   * Answers each request by an interception of its own, made right before its dispatch and used up by it: undici lets a
   * mocked answer wait for something only in its body, when status and headers are already given.
   */
  #counting(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
    return (options, handler) => {
      if (String(options.origin) !== origin) return dispatch(options, handler);
      const { method, path } = options;
      const route = routeFor(
        this.#routes,
        withoutQuery(path),
        this.traffic.of(withoutQuery(path)).length,
      );
      const counting = new CountingHandler(handler, this.traffic.begin({ method, path }));
      const { status = 200, headers = {} } = route;
      this.#agent
        .get(origin)
        .intercept({ path: () => true, method: () => true })
        .reply(status, () => this.#bodyWhenDue(path, route, counting), { headers: { ...headers } });
      return dispatch(options, counting);
    };
  }

  async #bodyWhenDue(path: string, route: SlowRoute, counting: CountingHandler): Promise<string> {
    const { request, gone } = counting;
    try {
      await this.#gates.pass(withoutQuery(path), route, gone);
    } catch {
      // The client gave up, and what is returned now reaches nobody.
      return '';
    }
    if (route.fail) {
      counting.fail(new errors.SocketError('other side closed'));
      return '';
    }
    const nonce = this.#nonces.nonce();
    const text = allowsBody(route.status) ? bodyFor(route, nonce) : '';
    request.serve(text);
    return text;
  }
}

function refuseSocket(path: string, route: SlowRoute | readonly SlowRoute[]): void {
  if (!needsSocket(route)) return;
  throw new TypeError(
    `Expected ${path} to need no socket, got a body that is cut, stalled, slow or echoed. Use \`startSlowApi\`.`,
  );
}
