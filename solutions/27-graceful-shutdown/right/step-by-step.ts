import { on } from 'node:events';
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

// A generator takes the steps of the stop, one after another. Connections are kept alive for two seconds at most, and what has become
// idle is closed soon.
export async function start(options: { drainMs: number }): Promise<{ url: string }> {
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify({ keepAliveTimeout: 2000 });
  addRoutes(app, { pool, jobs, streams });
  const signals = on(process, 'SIGTERM');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  void follow();
  return { url };

  async function follow(): Promise<void> {
    let stopping: Promise<void> | undefined;
    for await (const _signal of signals) {
      if (stopping) process.exit(1);
      stopping = tellSteps();
    }
  }

  async function tellSteps(): Promise<void> {
    for await (const step of steps()) console.log(`the stop: ${step}`);
  }

  async function* steps(): AsyncGenerator<string> {
    const deadline = setTimeout(() => jobs.abort(), options.drainMs);
    const jobsEnded = jobs.ended().then(() => clearTimeout(deadline));
    app.server.close();
    streams.end();
    const sweeper = setInterval(() => {
      // Also a stream that a request on its way has opened.
      streams.end();
      app.server.closeIdleConnections();
    }, 20);
    app.server.once('close', () => clearInterval(sweeper));
    yield 'no new connections';
    await app.close();
    yield 'no request is in flight';
    await jobsEnded;
    yield 'no job runs';
    await pool.close();
    await database.close();
    yield 'pool and database are closed';
  }
}
