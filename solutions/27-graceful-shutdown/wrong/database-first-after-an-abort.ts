// Once it had to abort the jobs, it closes the database before the pool.
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
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      jobs.abort();
    }, drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    if (late) await database.close();
    await pool.close();
    if (!late) await database.close();
  }
}
