// Looks once a second whether a request is still in flight: mostly it ends too late.
// fails: ends as soon as there is nothing left to wait for
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

  const inFlight = new Set<string>();
  app.addHook('onRequest', async (request) => {
    if (request.url !== '/events') inFlight.add(request.id);
  });
  app.addHook('onResponse', async (request) => {
    inFlight.delete(request.id);
  });

  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  async function stop(): Promise<void> {
    stopping = true;
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    const closed = app.close();
    while (inFlight.size > 0) await sleep(1000);
    await Promise.all([closed, jobs.ended()]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
