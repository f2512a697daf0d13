// Counts the requests in flight itself, and closes all connections when none is left.
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

export async function start({ drainMs }: { drainMs: number }): Promise<{ url: string }> {
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify();
  addRoutes(app, { pool, jobs, streams });

  let inFlight = 0;
  let stopping = false;
  const closeIfIdle = (): void => {
    if (stopping && inFlight === 0) app.server.closeAllConnections();
  };
  app.server.on('request', (_request, response) => {
    inFlight += 1;
    response.on('close', () => {
      inFlight -= 1;
      closeIfIdle();
    });
  });

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.on('SIGTERM', () => {
    if (stopping) process.exit(130);
    stopping = true;
    streams.end();
    const late = AbortSignal.timeout(drainMs);
    late.addEventListener('abort', () => jobs.abort());
    const closing = Promise.allSettled([app.close(), jobs.ended()])
      .then(() => pool.close())
      .then(() => database.close());
    closeIfIdle();
    void closing.finally(() => process.exit());
  });
  return { url };
}
