// Counts the requests, and sends the readers of the event streams away when the last request has its answer.
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
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  let inFlight = 0;
  const answered = Promise.withResolvers<void>();
  app.addHook('onRequest', async (request) => {
    if (request.url !== '/events') inFlight += 1;
  });
  app.addHook('onResponse', async (request) => {
    if (request.url !== '/events') inFlight -= 1;
    if (stopping && inFlight === 0) answered.resolve();
  });

  process.once('SIGTERM', () => void stop());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };

  async function stop(): Promise<void> {
    stopping = true;
    const deadline = setTimeout(() => jobs.abort(), drainMs);
    app.server.close();
    if (inFlight > 0) await answered.promise;
    streams.end();
    await Promise.all([app.close(), jobs.ended()]);
    clearTimeout(deadline);
    await pool.close();
    await database.close();
  }
}
