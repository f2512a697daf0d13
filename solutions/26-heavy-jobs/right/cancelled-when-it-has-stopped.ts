import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

interface Job {
  readonly id: string;
  readonly key: string | undefined;
  readonly input: unknown;
  readonly controller: AbortController;
  status: string;
  result?: unknown;
  error?: string;
  finishedAt?: number;
}

// DELETE asks a running job to stop. The job is cancelled when its work has settled, and from then on its time runs. What is too old is shown
// to nobody, and swept out twice a minute.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  const jobs = new Map<string, Job>();
  const keys = new Map<string, Job>();
  const waiting: Job[] = [];
  const atWork = new Set<Promise<void>>();
  const sweeper = setInterval(sweep, 30_000);

  app.post('/jobs', async (request, reply) => {
    const key = request.headers['idempotency-key']?.toString();
    let job = key === undefined ? undefined : find(keys.get(key)?.id);
    if (!job) {
      if (waiting.length + atWork.size >= running + maxQueued) {
        return reply.code(503).header('retry-after', 60).send({ message: 'Come back later.' });
      }
      job = newJob(key, request.body);
      jobs.set(job.id, job);
      if (key !== undefined) keys.set(key, job);
      waiting.push(job);
      setTimeout(startNext, 0);
    }
    const { id } = job;
    return reply.code(202).header('location', `/jobs/${id}`).send({ id });
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = find(request.params.id);
    return job ? view(job) : reply.code(404).send({ message: 'Not found.' });
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = find(request.params.id);
    if (!job) return reply.code(404).send({ message: 'Not found.' });
    cancel(job);
    return reply.code(202).send(view(job));
  });

  app.addHook('onClose', async () => {
    for (const job of jobs.values()) cancel(job);
    await Promise.all(atWork);
    clearInterval(sweeper);
  });

  function startNext(): void {
    while (atWork.size < running) {
      const job = waiting.shift();
      if (!job) return;
      const run = runWork(job).finally(() => {
        atWork.delete(run);
        setTimeout(startNext, 0);
      });
      atWork.add(run);
    }
  }

  async function runWork(job: Job): Promise<void> {
    const { input, controller } = job;
    job.status = 'running';
    try {
      const result = await work(input, controller.signal);
      finish(job, { status: 'done', result });
    } catch (error) {
      finish(job, { status: 'failed', error: messageOf(error) });
    }
  }

  function cancel(job: Job): void {
    job.controller.abort();
    const at = waiting.indexOf(job);
    if (at === -1) return;
    waiting.splice(at, 1);
    finish(job, {});
  }

  function finish(job: Job, end: Partial<Job>): void {
    const cancelled = { status: 'cancelled' };
    Object.assign(job, job.controller.signal.aborted ? cancelled : end, { finishedAt: Date.now() });
  }

  function find(id: string | undefined): Job | undefined {
    const job = jobs.get(id ?? '');
    return job && !isOld(job) ? job : undefined;
  }

  function sweep(): void {
    for (const job of jobs.values()) {
      if (!isOld(job)) continue;
      jobs.delete(job.id);
      if (job.key !== undefined && keys.get(job.key) === job) keys.delete(job.key);
    }
  }

  function isOld({ finishedAt = Infinity }: Job): boolean {
    return Date.now() >= finishedAt + ttlMs;
  }

  return app;
}

function newJob(key: string | undefined, input: unknown): Job {
  return { id: randomUUID(), key, input, controller: new AbortController(), status: 'queued' };
}

function view({ id, status, result, error }: Job): object {
  return { id, status, result, error };
}

/** Takes the message of whatever has one. */
function messageOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(error);
}
