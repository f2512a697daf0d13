import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { until } from './until.ts';

/** What of a Fastify app is needed to serve it. */
export interface ServableApp {
  readonly server: Server;
  listen(options: { host: string; port: number }): Promise<string>;
  close(): PromiseLike<unknown>;
}

/** An app that listens, until it is disposed of. */
export interface ServedApp extends AsyncDisposable {
  /** Where it listens, without a trailing slash: `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The whole address of `path`. */
  readonly url: (path: string) => string;
  /** How many connections are open, whoever opened them. */
  readonly connections: number;
}

/** An app has so many turns of the loop to close, once its last connection is destroyed. */
const looksAtTheClosing = 1500;

/**
 * Lets `app` listen on a free port of 127.0.0.1, for real connections; `app.inject` needs none.
 *
 * At the end its connections are destroyed and it is closed. An app whose closing fails or never ends holds up nobody: how an app
 * closes is for a test to ask, by `app.close()` of its own.
 *
 * @example
 * await using server = await serveApp(buildApp({ upstream: api.origin }));
 * const response = await fetch(server.url('/healthz'));
 */
export async function serveApp(app: ServableApp): Promise<ServedApp> {
  const sockets = new Set<Socket>();
  let ending = false;
  app.server.on('connection', (socket) => {
    if (ending) socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    origin,
    url: (path) => origin + path,
    get connections() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: async () => {
      if (ending) return;
      ending = true;
      for (const socket of sockets) socket.destroy();
      await closeInTime(app);
      if (app.server.listening) app.server.close();
    },
  };
}

async function closeInTime(app: ServableApp): Promise<void> {
  let closed = false;
  const note = (): void => {
    closed = true;
  };
  // Called in a promise: a hook that throws at once is a closing that failed.
  void Promise.resolve()
    .then(() => app.close())
    .then(note, note);
  await until(() => closed, 'the app to close', { limitMs: looksAtTheClosing - 1000 }).catch(
    () => {},
  );
}
