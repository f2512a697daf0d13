// Once jobs had to be aborted, it waits only for them, and closes the pool under a request in flight.
// fails: drainMs run from SIGTERM on, also while a request is in flight
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

export async function start(options: { drainMs: number }): Promise<{ url: string }> {
  const { drainMs } = options;
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify();
  addRoutes(app, { pool, jobs, streams });

  let stopping = false;
  app.addHook('preClose', async () => streams.end());
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  async function stop(): Promise<void> {
    stopping = true;
    const aborted = Promise.withResolvers<void>();
    const deadline = setTimeout(() => {
      if (jobs.running === 0) return;
      jobs.abort();
      aborted.resolve(jobs.ended());
    }, drainMs);
    await Promise.race([Promise.all([app.close(), jobs.ended()]), aborted.promise]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
