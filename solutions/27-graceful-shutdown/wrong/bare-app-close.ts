// Waits for whoever stays: an event stream, or a connection that is busy when it stops.
// fails: kept-alive connections are used again, and do not hold it
// fails: an event stream is ended, and not cut off
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

  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  async function stop(): Promise<void> {
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
