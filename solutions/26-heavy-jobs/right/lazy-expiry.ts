import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

interface Entry {
  id: string;
  key: string | null;
  status: string;
  input: unknown;
  stop: AbortController;
  result?: unknown;
  error?: string;
  finishedAt?: number;
}

// No timer at all: every request first throws away what is too old. The work begins in the hook after the answer.
export function buildApp(options: {
  work: (input: unknown, signal: AbortSignal) => Promise<unknown>;
  running: number;
  maxQueued: number;
  ttlMs: number;
}): FastifyInstance {
  const { work, running, maxQueued, ttlMs } = options;
  const app = fastify();
  let entries: Entry[] = [];
  const promises = new Map<Entry, Promise<void>>();
  let closing = false;

  app.addHook('onRequest', (_request, _reply, done) => {
    const now = performance.now();
    entries = entries.filter(({ finishedAt }) => now < (finishedAt ?? now) + ttlMs);
    done();
  });

  app.addHook('onResponse', (_request, _reply, done) => {
    begin();
    done();
  });

  app.addHook('onClose', async () => {
    closing = true;
    for (const { stop } of entries) stop.abort();
    await Promise.all(promises.values());
  });

  app.post('/jobs', (request, reply) => {
    const key = (request.headers['idempotency-key'] as string | undefined) ?? null;
    let entry = entries.find((candidate) => key !== null && candidate.key === key);
    if (!entry) {
      const queued = entries.filter(({ status }) => status === 'queued').length;
      if (promises.size + queued >= running + maxQueued) {
        reply.header('retry-after', 30).status(503).send({ error: 'full' });
        return;
      }
      const id = randomUUID();
      entry = { id, key, status: 'queued', input: request.body, stop: new AbortController() };
      entries.push(entry);
    }
    reply.status(202).header('location', `/jobs/${entry.id}`).send(show(entry));
  });

  app.get('/jobs/:id', (request, reply) => {
    const entry = find(request.params);
    if (entry) reply.send(show(entry));
    else reply.callNotFound();
  });

  app.delete('/jobs/:id', (request, reply) => {
    const entry = find(request.params);
    if (!entry) {
      reply.callNotFound();
      return;
    }
    if (entry.finishedAt === undefined) {
      end(entry, { status: 'cancelled' });
      entry.stop.abort(new Error('Nobody wants it any more.'));
    }
    reply.send(show(entry));
  });

  function find(params: unknown): Entry | undefined {
    return entries.find(({ id }) => id === (params as { id: string }).id);
  }

  function begin(): void {
    while (promises.size < running) {
      const entry = entries.find(({ status }) => status === 'queued');
      if (!entry || closing) return;
      entry.status = 'running';
      const promise = Promise.try(() => work(entry.input, entry.stop.signal)).then(
        (result) => release(entry, { status: 'done', result }),
        (error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          release(entry, { status: 'failed', error: text });
        },
      );
      promises.set(entry, promise);
    }
  }

  function release(entry: Entry, outcome: Partial<Entry>): void {
    promises.delete(entry);
    end(entry, outcome);
    begin();
  }

  return app;
}

function end(entry: Entry, outcome: Partial<Entry>): void {
  if (entry.finishedAt !== undefined) return;
  Object.assign(entry, outcome, { finishedAt: performance.now() });
}

function show({ id, status, result, error }: Entry) {
  return { id, status, result, error, href: `/jobs/${id}` };
}
