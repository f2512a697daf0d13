import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';

// Asks at most 64 times at once. The limit is for the question to the upstream: it begins when it is the turn of a request.
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const client = new UpstreamClient(new URL(upstream), timeoutMs);
  const app = fastify();
  app.addHook('onClose', () => client.close());
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    try {
      return await client.getJson();
    } catch (error) {
      return reply.code(error instanceof TooSlowError ? 504 : 502).send({ error: 'no price' });
    }
  });
  return app;
}

class TooSlowError extends Error {}

class UpstreamClient {
  readonly #permits = new Semaphore(64);
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeoutMs: number;

  constructor({ origin, pathname, search }: URL, timeoutMs: number) {
    this.#pool = new Pool(origin, { connections: 64 });
    this.#path = pathname + search;
    this.#timeoutMs = timeoutMs;
  }

  async getJson(): Promise<unknown> {
    await this.#permits.acquire();
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'GET',
        path: this.#path,
        signal,
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`The upstream answered with status ${statusCode}.`);
      return JSON.parse(text);
    } catch (error) {
      if (signal.aborted) throw new TooSlowError('too slow', { cause: error });
      throw error;
    } finally {
      this.#permits.release();
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(permits: number) {
    this.#free = permits;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
