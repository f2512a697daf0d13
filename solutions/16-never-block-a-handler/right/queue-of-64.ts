import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';

// Asks at most 64 times at once, by a queue of its own. The limit runs from the call: a request may also end in the queue.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  const turns = new Turns(64);
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      await turns.take(signal);
      try {
        const { statusCode, body } = await request(upstream, { signal });
        const value: unknown = await body.json();
        if (statusCode === 200) return value;
      } finally {
        turns.giveBack();
      }
    } catch {
      if (signal.aborted) return reply.code(504).send({ error: 'too late' });
    }
    return reply.code(502).send({ error: 'bad answer' });
  });
  return app;
}

class Turns {
  #free: number;
  #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#free = most;
  }

  async take(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      this.#waiting.delete(resolve);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.add(resolve);
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
