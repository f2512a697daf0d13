import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { scheduler } from 'node:timers/promises';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

interface Job {
  readonly id: string;
  readonly key: string | string[] | undefined;
  readonly input: unknown;
  readonly controller: AbortController;
  state: { status: string; result?: unknown; error?: string };
  finishedAt?: number;
}

// As many loops as there are places. Each of them reads an iterator that gives a job when there is one. Every job works in a context of
// its own, and every request sweeps out what is old.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  const context = new AsyncLocalStorage<Job>();
  const jobs = new Map<string, Job>();
  const queue: Job[] = [];
  const readers: PromiseWithResolvers<IteratorResult<Job, undefined>>[] = [];
  let closed = false;
  let busy = 0;

  const orders: AsyncIterableIterator<Job, undefined> = {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (closed) return Promise.resolve({ done: true, value: undefined });
      const reader = Promise.withResolvers<IteratorResult<Job, undefined>>();
      readers.push(reader);
      handOut();
      return reader.promise;
    },
  };
  const loops = Array.from({ length: running }, () => serve());

  function handOut(): void {
    if (closed) return;
    while (readers.length > 0 && queue.length > 0) {
      busy += 1;
      readers.shift()!.resolve({ done: false, value: queue.shift()! });
    }
  }

  async function serve(): Promise<void> {
    for await (const job of orders) {
      if (job.finishedAt === undefined) await context.run(job, () => attend(job));
      busy -= 1;
    }
  }

  async function attend(job: Job): Promise<void> {
    job.state = { status: 'running' };
    try {
      const result = await work(job.input, job.controller.signal);
      end(job, { status: 'done', result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      end(job, { status: 'failed', error: text });
    }
  }

  app.addHook('onRequest', async () => {
    for (const { id, finishedAt } of jobs.values()) {
      if (finishedAt !== undefined && Date.now() >= finishedAt + ttlMs) jobs.delete(id);
    }
  });

  app.post('/jobs', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    let job = key === undefined ? undefined : jobs.values().find((known) => known.key === key);
    if (!job) {
      if (busy + queue.length >= running + maxQueued) {
        return reply.code(503).header('retry-after', '99').send({ error: 'full' });
      }
      const controller = new AbortController();
      job = { id: randomUUID(), key, input: request.body, controller, state: { status: 'queued' } };
      jobs.set(job.id, job);
      queue.push(job);
      void scheduler.yield().then(handOut);
    }
    return reply.code(202).header('location', `/jobs/${job.id}`).send(show(job));
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = jobs.get(request.params.id);
    return job ? show(job) : reply.code(404).send({ error: '' });
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = jobs.get(request.params.id);
    if (!job) return reply.code(404).send({ error: '' });
    if (job.finishedAt === undefined) {
      const place = queue.indexOf(job);
      if (place !== -1) queue.splice(place, 1);
      end(job, { status: 'cancelled' });
      job.controller.abort();
    }
    return show(job);
  });

  app.addHook('preClose', async () => {
    closed = true;
    queue.length = 0;
    for (const reader of readers) reader.resolve({ done: true, value: undefined });
    for (const { controller } of jobs.values()) controller.abort();
    await Promise.all(loops);
  });

  return app;
}

function end(job: Job, state: Job['state']): void {
  if (job.finishedAt !== undefined) return;
  job.finishedAt = Date.now();
  job.state = state;
}

function show({ id, state }: Job) {
  return { id, ...state };
}
