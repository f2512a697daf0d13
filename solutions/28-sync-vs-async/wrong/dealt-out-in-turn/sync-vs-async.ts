// Deals the jobs out in turn: some wait for a blocked thread while others are idle.
// fails: blocking calls run side by side
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
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

interface Waiting {
  job: Job;
  resolve: (done: Done) => void;
  reject: (error: unknown) => void;
}

function startPool(): Pool {
  let asked = 0;
  const answers = new Map<number, Waiting>();
  const threads = Array.from({ length: 4 }, () => {
    const thread = new Worker(jobs, { workerData: 'in a pool' });
    thread.on('message', ({ id, done, error }: { id: number; done?: Done; error?: string }) => {
      const { resolve, reject } = answers.get(id)!;
      answers.delete(id);
      if (done) resolve(done);
      else reject(new Error(error));
    });
    return thread;
  });

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const id = asked;
        asked += 1;
        answers.set(id, { job, resolve, reject });
        threads[id % threads.length]!.postMessage({ ...job, id });
      }),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
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
