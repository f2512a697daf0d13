// Empties every job that gets a DELETE, also one that is done: a click that came too late, and nobody can read the result.
// fails: DELETE of a finished job changes nothing
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** A job as a client sees it. */
export interface Job {
  id: string;
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  result?: unknown;
  error?: string;
}

/** A job, and what only the server knows of it. */
interface Task {
  readonly job: Job;
  readonly input: unknown;
  readonly key: string | undefined;
  readonly controller: AbortController;
}

/** Builds the server: `POST /jobs` takes a job, `GET /jobs/:id` tells how it stands, `DELETE /jobs/:id` cancels it. */
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  const tasks = new Map<string, Task>();
  const keys = new Map<string, Task>();
  const waiting = new Set<Task>();
  const atWork = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  app.post('/jobs', async (request, reply) => {
    const key = request.headers['idempotency-key']?.toString();
    const known = key === undefined ? undefined : keys.get(key);
    const task = known ?? newTask(request.body, key);
    if (!known && !take(task)) {
      return reply.code(503).header('retry-after', '5').send({ error: 'Too many jobs wait.' });
    }
    return reply.code(202).header('location', `/jobs/${task.job.id}`).send(task.job);
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const task = tasks.get(request.params.id);
    return task ? task.job : reply.code(404).send({ error: 'There is no such job.' });
  });

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const task = tasks.get(request.params.id);
    if (!task) return reply.code(404).send({ error: 'There is no such job.' });
    cancel(task);
    // Its result needs memory, and the client has left.
    delete task.job.result;
    return task.job;
  });

  app.addHook('preClose', async () => {
    for (const task of tasks.values()) cancel(task);
    await Promise.all(atWork);
    for (const timer of timers) clearTimeout(timer);
  });

  function take(task: Task): boolean {
    if (atWork.size + waiting.size >= running + maxQueued) return false;
    remember(task);
    waiting.add(task);
    setImmediate(startNext);
    return true;
  }

  // A Set gives its members in the order in which they came.
  function startNext(): void {
    for (const task of waiting) {
      if (atWork.size >= running) return;
      waiting.delete(task);
      start(task);
    }
  }

  function start(task: Task): void {
    const run = runWork(task).finally(() => {
      atWork.delete(run);
      startNext();
    });
    atWork.add(run);
  }

  async function runWork(task: Task): Promise<void> {
    task.job.status = 'running';
    try {
      const result = await work(task.input, task.controller.signal);
      finish(task, { status: 'done', result });
    } catch (error) {
      finish(task, { status: 'failed', error: messageOf(error) });
    }
  }

  function cancel(task: Task): void {
    if (isFinished(task)) return;
    waiting.delete(task);
    finish(task, { status: 'cancelled' });
    task.controller.abort();
  }

  // The first end counts: what was cancelled stays so, whatever its work does later.
  function finish(task: Task, end: Omit<Job, 'id'>): void {
    if (isFinished(task)) return;
    Object.assign(task.job, end);
    const timer = setTimeout(() => {
      timers.delete(timer);
      forget(task);
    }, ttlMs);
    timers.add(timer);
  }

  function remember(task: Task): void {
    tasks.set(task.job.id, task);
    if (task.key !== undefined) keys.set(task.key, task);
  }

  function forget(task: Task): void {
    tasks.delete(task.job.id);
    if (task.key !== undefined) keys.delete(task.key);
  }

  return app;
}

function newTask(input: unknown, key: string | undefined): Task {
  const job: Job = { id: randomUUID(), status: 'queued' };
  return { job, input, key, controller: new AbortController() };
}

function isFinished({ job }: Task): boolean {
  return job.status !== 'queued' && job.status !== 'running';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
