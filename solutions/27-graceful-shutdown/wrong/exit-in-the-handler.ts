// Ends the process at once, whatever it has begun.
// fails: a request in flight at SIGTERM gets its 200, and the exit code is 0
// fails: refuses new connections from SIGTERM on
// fails: kept-alive connections are used again, and do not hold it
// fails: an event stream is ended, and not cut off
// fails: jobs may run until drainMs are over, and are aborted then
// fails: an aborted job can tidy up before the pool closes
// fails: drainMs run from SIGTERM on, also while a request is in flight
// fails: a request is answered, also when drainMs are over
// fails: the pool is closed before the database begins to close
// fails: ends as soon as there is nothing left to wait for
// fails: a second SIGTERM ends it at once
import fastify from 'fastify';
import { addRoutes, Database, EventStreams, Jobs, Pool } from './services.ts';

export async function start(options: { drainMs: number }): Promise<{ url: string }> {
  console.log(`Jobs have ${options.drainMs} ms.`);
  const database = new Database();
  const pool = new Pool(database);
  const jobs = new Jobs(pool);
  const streams = new EventStreams();
  const app = fastify();
  addRoutes(app, { pool, jobs, streams });

  process.on('SIGTERM', () => process.exit(0));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url };
}
