import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

// As many loops as there are places. Each takes the oldest job, works, and waits for the next one, as workers of a queue do.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  const jobs = new Map<string, Job>();
  const queue: Job[] = [];
  const bell = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const rings = new Set<NodeJS.Timeout>();
  let busy = 0;
  const loops = Array.from({ length: running }, () => serve());

  async function serve(): Promise<void> {
    while (!closing.signal.aborted) {
      const job = queue.shift();
      if (!job) {
        await once(bell, 'ring', { signal: closing.signal }).catch(() => {});
        continue;
      }
      busy += 1;
      job.status = 'running';
      try {
        const result = await work(job.input, job.controller.signal);
        finish(job, 'done', result);
      } catch (error) {
        finish(job, 'failed', error instanceof Error ? error.message : String(error));
      }
      busy -= 1;
    }
  }

  function finish(job: Job, status: string, outcome?: unknown): void {
    if (job.timer) return;
    job.status = status;
    job.outcome = outcome;
    job.timer = setTimeout(() => jobs.delete(job.id), ttlMs);
  }

  app.post('/jobs', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    const known = key && [...jobs.values()].find((job) => job.key === key);
    const job = known || new Job(request.body, key);
    if (!known) {
      if (busy + queue.length >= running + maxQueued) {
        reply.header('retry-after', '1');
        throw Object.assign(new Error('Come back later.'), { statusCode: 503 });
      }
      jobs.set(job.id, job);
      queue.push(job);
      const ring = setTimeout(() => {
        rings.delete(ring);
        bell.emit('ring');
      }, 0);
      rings.add(ring);
    }
    reply.code(202).header('location', `/jobs/${job.id}`);
    return job;
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    return jobs.get(request.params.id) ?? reply.code(404).send({ error: 'unknown' });
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = jobs.get(request.params.id);
    if (!job) return reply.code(404).send({ error: 'unknown' });
    if (job.timer) return job;
    const place = queue.indexOf(job);
    if (place !== -1) queue.splice(place, 1);
    finish(job, 'cancelled');
    job.controller.abort();
    return job;
  });

  app.addHook('preClose', async () => {
    closing.abort();
    for (const ring of rings) clearTimeout(ring);
    for (const job of jobs.values()) job.controller.abort();
    await Promise.all(loops);
    for (const job of jobs.values()) clearTimeout(job.timer);
  });

  return app;
}

class Job {
  readonly id = randomBytes(12).toString('base64url');
  readonly controller = new AbortController();
  readonly input: unknown;
  readonly key: unknown;
  status = 'queued';
  outcome: unknown;
  timer: NodeJS.Timeout | undefined;

  constructor(input: unknown, key: unknown) {
    this.input = input;
    this.key = key;
  }

  toJSON() {
    const { id, status, outcome } = this;
    if (status === 'done') return { id, status, result: outcome };
    return status === 'failed' ? { id, status, error: outcome } : { id, status };
  }
}
