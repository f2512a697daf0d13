// Begins the time of the jobs when the program starts: once that has passed, all jobs are aborted at the signal.
// fails: jobs may run until drainMs are over, and are aborted then
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

  const late = AbortSignal.timeout(drainMs);
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
    if (late.aborted) jobs.abort();
    late.addEventListener('abort', () => jobs.abort());
    await Promise.all([app.close(), jobs.ended()]);
    await pool.close();
    await database.close();
  }
}
