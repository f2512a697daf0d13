// Without hooks: it looks again and again for connections that have become idle, and for the end of the rest.
import { once } from 'node:events';
import fastify from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

const lookMs = 50;

export async function start({ drainMs }: { drainMs: number }): Promise<{ url: string }> {
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify();
  addRoutes(app, { pool, jobs, streams });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  process.once('SIGTERM', () => {
    process.on('SIGTERM', () => process.exit(1));
    void stop();
  });
  return { url };

  async function stop(): Promise<void> {
    const until = Date.now() + drainMs;
    const closed = once(app.server, 'close').then(() => true);
    app.server.close();
    streams.end();
    for (;;) {
      app.server.closeIdleConnections();
      if (Date.now() >= until) jobs.abort();
      const ended = await Promise.race([closed, sleep(lookMs, false)]);
      if (ended && jobs.running === 0) break;
      if (ended) await sleep(lookMs);
    }
    await pool.close();
    await database.close();
    process.exit(0);
  }
}
