// Takes the option that closes all connections: those of the requests in flight as well.
// fails: a request in flight at SIGTERM gets its 200, and the exit code is 0
// fails: kept-alive connections are used again, and do not hold it
// fails: drainMs run from SIGTERM on, also while a request is in flight
// fails: a request is answered, also when drainMs are over
// fails: ends as soon as there is nothing left to wait for
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

export async function start(options: { drainMs: number }): Promise<{ url: string }> {
  const { drainMs } = options;
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify({ forceCloseConnections: true });
  addRoutes(app, { pool, jobs, streams });

  app.addHook('preClose', async () => streams.end());

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
