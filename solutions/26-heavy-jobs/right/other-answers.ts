import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';

interface Job {
  readonly id: string;
  readonly key: string | undefined;
  readonly body: string;
  readonly input: unknown;
  readonly controller: AbortController;
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  result: unknown;
  error: string | null;
}

// Other decisions where HTTP leaves a choice: whole addresses, no body where the status says all, 409 for what comes too late, 422 for
// a key that was used with another body, and a date after which to come back.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  const jobs = new Map<string, Job>();
  const idOfKey = new Map<string, string>();
  const timers = new Map<Job, NodeJS.Timeout>();
  const atWork = new Map<Job, Promise<void>>();
  // Each waits for its answer to be written; then it may begin.
  const waiting = new Map<Job, { answered: boolean }>();

  app.post('/jobs', (request, reply) => {
    const key = request.headers['idempotency-key']?.toString();
    const body = JSON.stringify(request.body);
    const known = jobs.get(idOfKey.get(key ?? '') ?? '');
    const address = ({ id }: Job): string => `${request.protocol}://${request.host}/jobs/${id}`;
    if (known) {
      if (known.body !== body) return reply.code(422).send();
      return reply.code(200).header('location', address(known)).send();
    }
    if (atWork.size + waiting.size >= running + maxQueued) {
      const later = new Date(Date.now() + 30_000);
      return reply.code(503).header('retry-after', later.toUTCString()).send();
    }
    const job = newJob(key, body, request.body);
    jobs.set(job.id, job);
    if (key !== undefined) idOfKey.set(key, job.id);
    const ticket = { answered: false };
    waiting.set(job, ticket);
    reply.raw.once('close', () => {
      ticket.answered = true;
      startNext();
    });
    return reply.code(202).header('location', address(job)).send();
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', (request, reply) => {
    const job = jobs.get(request.params.id);
    return job ? reply.send(view(job)) : notFound(reply);
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', (request, reply) => {
    const job = jobs.get(request.params.id);
    if (!job) return notFound(reply);
    if (timers.has(job)) return reply.code(409).send();
    cancel(job);
    return reply.code(204).send();
  });

  app.addHook('preClose', async () => {
    for (const job of jobs.values()) cancel(job);
    await Promise.all(atWork.values());
    for (const timer of timers.values()) clearTimeout(timer);
  });

  function startNext(): void {
    for (const [job, { answered }] of waiting) {
      if (atWork.size >= running) return;
      if (!answered) continue;
      waiting.delete(job);
      const ended = run(job).finally(() => {
        atWork.delete(job);
        startNext();
      });
      atWork.set(job, ended);
    }
  }

  async function run(job: Job): Promise<void> {
    job.status = 'running';
    try {
      const result = await work(job.input, job.controller.signal);
      finish(job, 'done', () => (job.result = result));
    } catch (error) {
      finish(job, 'failed', () => (job.error = String(error)));
    }
  }

  function cancel(job: Job): void {
    waiting.delete(job);
    finish(job, 'cancelled');
    // Also where the work has ended: nobody listens any more.
    job.controller.abort();
  }

  function finish(job: Job, status: Job['status'], tell?: () => unknown): void {
    if (timers.has(job)) return;
    job.status = status;
    tell?.();
    const forget = (): void => {
      timers.delete(job);
      jobs.delete(job.id);
      if (job.key !== undefined) idOfKey.delete(job.key);
    };
    timers.set(job, setTimeout(forget, ttlMs));
  }

  return app;
}

function newJob(key: string | undefined, body: string, input: unknown): Job {
  const start = { status: 'queued', result: null, error: null } as const;
  return { id: randomUUID(), key, body, input, controller: new AbortController(), ...start };
}

function view({ id, status, result, error }: Job): object {
  return { id, status, result, error };
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send();
}
