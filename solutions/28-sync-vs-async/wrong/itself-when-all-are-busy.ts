// Does a job on the event loop when all threads are busy: it stands still just when most requests come.
// fails: a hundred calls of wrap-blocking hold up nobody else
// fails: starts a few threads only, whatever is asked
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Piscina } from 'piscina';
import runJob from './jobs.ts';

/** A call of one of the functions in blocking-calls.ts. */
export interface Job {
  call: 'sleepSync' | 'fetchReport' | 'countPrimes';
  input: number;
}

/** What came of a job, and in which thread it was done: 0 is that of the event loop. */
export interface Done {
  thread: number;
  result: unknown;
}

/** The file with which jobs are done, here or in a thread. */
const jobs = new URL('jobs.ts', import.meta.url);

interface Asked {
  Querystring: { id?: number; limit?: number };
}

const query = {
  type: 'object',
  properties: { id: { type: 'integer' }, limit: { type: 'integer' } },
};

/** Builds the demo server: the same waits and the same work, done in ways that hold the event loop and in ways that do not. */
export function buildApp(): FastifyInstance {
  const app = fastify();
  const pool = startPool();
  app.addHook('onClose', () => pool.close());

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/sync/noawait', () =>
    told('blocked a thread of the pool for 1000 ms', () =>
      pool.run({ call: 'sleepSync', input: 1000 }),
    ),
  );

  app.get('/async/await-one', () => told('awaited one timer', () => wait(1000)));

  app.get('/async/await-many', () =>
    told('awaited three timers at once', async () => {
      await Promise.all([wait(1000), wait(1500), wait(500)]);
      return { thread: 0, result: null };
    }),
  );

  app.get<Asked>('/async/wrap-blocking', { schema: { querystring: query } }, ({ query }) =>
    told('made a blocking call in a thread of the pool', () =>
      pool.run({ call: 'fetchReport', input: query.id ?? 1 }),
    ),
  );

  app.get<Asked>('/async/bad-blocking', { schema: { querystring: query } }, ({ query }) =>
    told('made a blocking call on the event loop: do not do this', async () =>
      runJob({ call: 'fetchReport', input: query.id ?? 1 }),
    ),
  );

  app.get<Asked>('/async/cpu-bound', { schema: { querystring: query } }, ({ query }) =>
    told('computed in a thread of the pool', () =>
      pool.run({ call: 'countPrimes', input: query.limit ?? 2_000_000 }),
    ),
  );

  app.get('/test/sync', () =>
    told('blocked the event loop for 100 ms', async () =>
      runJob({ call: 'sleepSync', input: 100 }),
    ),
  );

  app.get('/test/async', () => told('awaited a timer of 100 ms', () => wait(100)));

  return app;
}

interface Pool {
  run(job: Job): Promise<Done>;
  close(): Promise<void>;
}

function startPool(): Pool {
  const pool = new Piscina({
    filename: fileURLToPath(jobs),
    minThreads: 0,
    maxThreads: 4,
    idleTimeout: Infinity,
  });
  let running = 0;
  return {
    run: async (job) => {
      if (running === 4) return runJob(job);
      running += 1;
      try {
        return await pool.run(job);
      } finally {
        running -= 1;
      }
    },
    close: () => pool.close(),
  };
}

async function wait(ms: number): Promise<Done> {
  await sleep(ms);
  return { thread: 0, result: null };
}

/** Does `work`, and tells what was done, for how many milliseconds, and in which thread. */
async function told(did: string, work: () => Promise<Done>) {
  const startedAt = performance.now();
  const { thread, result } = await work();
  return { did, ms: Math.round(performance.now() - startedAt), thread, result };
}
