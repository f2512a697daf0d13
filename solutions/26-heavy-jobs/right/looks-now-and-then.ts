import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

interface Job {
  readonly id: string;
  readonly key: string | undefined;
  readonly input: unknown;
  readonly controller: AbortController;
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  result?: unknown;
  error?: string;
  endedAt: number;
}

// Two clocks drive everything: one looks every 10 ms whether somebody can begin, the other every second for what is old. When the app is
// closed both stop. So nobody begins any more, and who is at work goes on to the end. DELETE removes what has finished.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const app = fastify();
  const jobs: Job[] = [];
  let atWork = 0;

  const starter = setInterval(startNext, 10);
  const sweeper = setInterval(sweep, 1000);
  app.addHook('onClose', async () => {
    clearInterval(starter);
    clearInterval(sweeper);
  });

  app.post('/jobs', async (request, reply) => {
    const key = request.headers['idempotency-key']?.toString();
    let job = jobs.find((known) => key !== undefined && known.key === key);
    if (!job) {
      const waiting = jobs.filter(({ status }) => status === 'queued').length;
      if (atWork + waiting >= options.running + options.maxQueued) {
        return reply.code(503).header('retry-after', '1').send({ message: 'Full.' });
      }
      job = newJob(request.body, key);
      jobs.push(job);
    }
    return reply.code(202).header('location', `/jobs/${job.id}`).send(shown(job));
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = jobs.find(({ id }) => id === request.params.id);
    return job ? shown(job) : reply.code(404).send({ message: 'Unknown.' });
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const index = jobs.findIndex(({ id }) => id === request.params.id);
    const job = jobs[index];
    if (!job) return reply.code(404).send({ message: 'Unknown.' });
    if (job.endedAt === Infinity) end(job, { status: 'cancelled' });
    else jobs.splice(index, 1);
    job.controller.abort();
    return reply.code(204).send();
  });

  function startNext(): void {
    for (const job of jobs) {
      if (atWork >= options.running) return;
      if (job.status === 'queued') void run(job);
    }
  }

  async function run(job: Job): Promise<void> {
    atWork += 1;
    job.status = 'running';
    try {
      end(job, { status: 'done', result: await options.work(job.input, job.controller.signal) });
    } catch (error) {
      end(job, { status: 'failed', error: error instanceof Error ? error.message : String(error) });
    } finally {
      atWork -= 1;
    }
  }

  function sweep(): void {
    const old = Date.now() - options.ttlMs;
    const kept = jobs.filter(({ endedAt }) => endedAt > old);
    jobs.splice(0, jobs.length, ...kept);
  }

  return app;
}

function newJob(input: unknown, key: string | undefined): Job {
  const controller = new AbortController();
  return { id: randomUUID(), key, input, controller, status: 'queued', endedAt: Infinity };
}

function end(job: Job, what: Pick<Job, 'status' | 'result' | 'error'>): void {
  if (job.endedAt === Infinity) Object.assign(job, what, { endedAt: Date.now() });
}

function shown({ id, status, result, error }: Job): object {
  return { id, status, result, error };
}
