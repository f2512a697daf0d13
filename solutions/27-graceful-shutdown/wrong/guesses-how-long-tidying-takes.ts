// Gives aborted jobs five seconds, however soon they have tidied up.
// fails: an aborted job can tidy up before the pool closes
import { setTimeout as sleep } from 'node:timers/promises';
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
    let tidied: Promise<void> | undefined;
    const deadline = setTimeout(() => {
      jobs.abort();
      tidied = sleep(5000);
    }, drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    await tidied;
    await pool.close();
    await database.close();
  }
}
