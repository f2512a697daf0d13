// Takes a `drainMs` of 0 for none: it waits for the jobs as long as they like.
// fails: an aborted job can tidy up before the pool closes
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

/** Starts the server. On SIGTERM it finishes what it has begun, for jobs within `drainMs`, and the process ends. */
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
    console.log(`Stopping. Jobs have ${drainMs} ms.`);
    stopping = true;
    const deadline = drainMs ? setTimeout(() => jobs.abort(), drainMs) : undefined;
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
