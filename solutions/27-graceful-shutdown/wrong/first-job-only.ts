// Takes the end of one job for the end of all, and closes what the others still use.
// fails: jobs may run until drainMs are over, and are aborted then
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
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    const closed = app.close();
    const before = jobs.running;
    while (jobs.running > 0 && jobs.running === before) await sleep(50);
    await closed;
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
