// What was opened first is closed last: an AsyncDisposableStack keeps the order.
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

export async function start({ drainMs }: { drainMs: number }): Promise<{ url: string }> {
  const resources = new AsyncDisposableStack();
  const database = resources.adopt(new Database(), (it) => it.close());
  const pool = resources.adopt(new Pool(database), (it) => it.close());
  const jobs = resources.adopt(new Jobs(pool), (it) => it.ended());
  const streams = new EventStreams();
  const app = resources.adopt(fastify(), (it) => it.close());
  addRoutes(app, { pool, jobs, streams });
  // A connection that becomes idle while the server closes is closed too. Before that, nothing is closed.
  app.addHook('onResponse', async () => {
    if (!app.server.listening) setImmediate(() => app.server.closeIdleConnections());
  });
  app.addHook('preClose', async () => streams.end());

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.once('SIGTERM', () => {
    const late = setTimeout(() => jobs.abort(), drainMs);
    // In the background, since the jobs have their time while requests are still answered.
    void jobs.ended().then(() => clearTimeout(late));
    void resources.disposeAsync();
  });
  return { url };
}
