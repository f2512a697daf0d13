// The hook onClose waits for the server to close, and the server waits for the streams.
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

  let stopping = false;
  app.addHook('onClose', async () => streams.end());
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  async function stop(): Promise<void> {
    stopping = true;
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
