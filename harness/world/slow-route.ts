/**
 * How one path of a slow API answers. Plain data, so that it can be sent to another thread.
 *
 * Without any of it: status 200 at once, with a nonce as the body.
 */
export interface SlowRoute {
  /** Milliseconds before the answer begins. With `gate` or `together`: at the latest, however few came. */
  readonly delayMs?: number;
  /** Held until `open(path)` is called; then it stays open. */
  readonly gate?: boolean;
  /** Held until so many requests for this path are in flight at once; then it stays open. */
  readonly together?: number;
  /** One request for this path after another, each for `delayMs`: as by a server whose work blocks its loop. */
  readonly oneByOne?: boolean;
  /** 200 by default. */
  readonly status?: number;
  /** `{nonce}` in it becomes the nonce of that request; `{nonce}` alone by default. */
  readonly body?: string;
  /** Answers with the body of the request instead. */
  readonly echo?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds between the first half of the body and the rest. */
  readonly bodyDelayMs?: number;
  /**
   * `destroy`: the socket is destroyed instead of an answer; `cut`: amid the body; `stall`: half of the body is sent and
   * the rest never.
   */
  readonly fail?: 'destroy' | 'cut' | 'stall';
}

/**
 * Routes by path, without the query; `*` is for every other path. Of a list, the first request takes the first route, the
 * next the second, and after the last comes the first again.
 */
export type SlowRoutes = Readonly<Record<string, SlowRoute | readonly SlowRoute[]>>;

/** The answer to a path that no route is for. */
export const noRoute: SlowRoute = { status: 404, body: 'There is no such path.' };

/** The route that answers the `hit`-th request for `path`; 0 is the first. */
export function routeFor(routes: SlowRoutes, path: string, hit: number): SlowRoute {
  const found = routes[path] ?? routes['*'] ?? noRoute;
  if (!isList(found)) return found;
  return found[hit % found.length] ?? noRoute;
}

/** What `route` answers to a request that was given `nonce`. */
export function bodyFor(route: SlowRoute, nonce: string): string {
  return (route.body ?? '{nonce}').replaceAll('{nonce}', nonce);
}

/** Statuses 204 and 304 have no body: RFC 9110, 15.3.5 and 15.4.5. */
export function allowsBody(status = 200): boolean {
  return status !== 204 && status !== 304;
}

/** Whether an answer needs a real connection. */
export function needsSocket(route: SlowRoute | readonly SlowRoute[]): boolean {
  if (isList(route)) return route.some(needsSocket);
  const { fail, bodyDelayMs = 0, echo = false } = route;
  return fail === 'cut' || fail === 'stall' || bodyDelayMs > 0 || echo;
}

/**
 * Checks what a spec wrote.
 *
 * @throws {RangeError} for a delay, status or number that cannot be; {TypeError} for a path without its slash.
 */
export function checkRoutes(routes: SlowRoutes): void {
  for (const [path, entry] of Object.entries(routes)) {
    if (path !== '*' && !path.startsWith('/')) {
      throw new TypeError(`Expected a path that begins with \`/\`, or \`*\`, got \`${path}\`.`);
    }
    for (const route of isList(entry) ? entry : [entry]) checkRoute(path, route);
  }
}

function checkRoute(path: string, route: SlowRoute): void {
  const { delayMs = 0, bodyDelayMs = 0, together = 1, status = 200 } = route;
  for (const [name, value] of Object.entries({ delayMs, bodyDelayMs })) {
    if (value >= 0 && Number.isFinite(value)) continue;
    throw new RangeError(`Expected \`${name}\` of ${path} to be zero or more, got \`${value}\`.`);
  }
  if (!Number.isInteger(together) || together < 1) {
    throw new RangeError(
      `Expected \`together\` of ${path} to be a whole number above zero, got \`${together}\`.`,
    );
  }
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`Expected \`status\` of ${path} to be 200 to 599, got \`${status}\`.`);
  }
}

/** `Array.isArray` does not narrow a readonly array away. */
function isList(entry: SlowRoute | readonly SlowRoute[]): entry is readonly SlowRoute[] {
  return Array.isArray(entry);
}
