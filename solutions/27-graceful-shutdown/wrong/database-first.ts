// Where no job runs at SIGTERM, it closes the database while the pool may still use it.
// fails: the pool is closed before the database begins to close
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
    const hadJobs = jobs.running > 0;
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    if (hadJobs) await pool.close();
    else await Promise.all([database.close(), pool.close()]);
    if (hadJobs) await database.close();
  }
}
