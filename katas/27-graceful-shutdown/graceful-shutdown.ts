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

  process.on('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  // TODO: streams and kept-alive connections hold this up, and nobody waits for the jobs until `drainMs` are over.
  async function stop(): Promise<void> {
    console.log(`Stopping. Jobs have ${drainMs} ms.`);
    await app.close();
    await pool.close();
    await database.close();
  }
}
