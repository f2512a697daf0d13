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
  // Called when no request is taken any more, and before `close` waits for those that are there. `onClose` comes too late.
  app.addHook('preClose', async () => streams.end());
  // A connection that is busy now is idle after its answer, and nobody would close it: so it is told to be the last one.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  // Only once: with no listener left, a second signal ends the process, as it does in any program.
  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  // Requests and jobs end side by side. What they use is closed after them, and what the pool uses is closed after the pool.
  async function stop(): Promise<void> {
    console.log(`Stopping. Jobs have ${drainMs} ms.`);
    stopping = true;
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    // A timer that nobody needs any more would keep the process alive.
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
