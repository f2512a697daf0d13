import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

class Job {
  static #last = 0;
  readonly id = ++Job.#last;
  readonly input: unknown;
  readonly transfer: Transferable[] | undefined;
  settled = false;
  onAborted: () => void = () => {};
  readonly #signal: AbortSignal | undefined;
  readonly #outcome = Promise.withResolvers<any>();
  readonly #listener = (): void => {
    this.fail(this.#signal!.reason);
    this.onAborted();
  };

  constructor(
    input: unknown,
    signal: AbortSignal | undefined,
    transfer: Transferable[] | undefined,
  ) {
    this.input = input;
    this.transfer = transfer;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#listener);
  }

  get promise(): Promise<any> {
    return this.#outcome.promise;
  }

  succeed(value: unknown): void {
    this.#settle();
    this.#outcome.resolve(value);
  }

  fail(error: unknown): void {
    this.#settle();
    this.#outcome.reject(error);
  }

  #settle(): void {
    this.settled = true;
    this.#signal?.removeEventListener('abort', this.#listener);
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #onChange: () => void;
  #job: Job | undefined;
  #error: unknown;
  state: 'idle' | 'busy' | 'ending' | 'gone' = 'idle';
  readonly exited: Promise<void>;

  constructor(script: URL, onChange: () => void) {
    this.#onChange = onChange;
    this.#worker = new Worker(new URL('./pool-worker.ts', import.meta.url), {
      workerData: { script: script.href },
    });
    this.#worker.unref();
    this.#worker.on('message', (reply) => this.#answered(reply));
    this.#worker.on('messageerror', (error) => this.#failed(error));
    this.#worker.on('error', (error) => {
      this.state = 'ending';
      this.#error = error;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.state = 'gone';
        const job = this.#job;
        this.#job = undefined;
        job?.fail(this.#error ?? new Error(`The worker thread exited with code ${code}`));
        resolve();
        this.#onChange();
      });
    });
  }

  start(job: Job): void {
    this.#worker.postMessage({ id: job.id, input: job.input }, job.transfer ?? []);
    this.#job = job;
    this.state = 'busy';
    this.#worker.ref();
    job.onAborted = () => void this.end();
  }

  end(): Promise<unknown> {
    if (this.state !== 'gone') {
      this.state = 'ending';
      this.#worker.ref();
      void this.#worker.terminate();
    }
    return this.exited;
  }

  #answered(reply: { id: number; status: string; value: unknown; reason: any }): void {
    if (reply.id !== this.#job?.id || this.state === 'ending') return;
    const job = this.#job;
    this.#becomeIdle();
    if (reply.status === 'fulfilled') job.succeed(reply.value);
    else job.fail(Object.assign(new Error(reply.reason.message), reply.reason));
    this.#onChange();
  }

  #failed(error: unknown): void {
    const job = this.#job;
    this.#becomeIdle();
    job?.fail(error);
    this.#onChange();
  }

  #becomeIdle(): void {
    this.#job = undefined;
    this.state = 'idle';
    this.#worker.unref();
  }
}

// All threads start with the pool, and do not keep the process alive while they are free. `close` refuses the tasks that it finds.
export class WorkerPool {
  readonly #script: URL;
  readonly #size: number;
  readonly #maxQueue: number;
  #threads: Thread[] = [];
  #queue: Job[] = [];
  #closed: Promise<void> | undefined;

  constructor(script: URL, options: { size: number; maxQueue?: number }) {
    this.#script = script;
    this.#size = options.size;
    this.#maxQueue = options.maxQueue ?? Number.POSITIVE_INFINITY;
    for (let count = 0; count < this.#size; count += 1) this.#open();
  }

  run<T>(
    input: unknown,
    options: { signal?: AbortSignal; transfer?: Transferable[] } = {},
  ): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The pool has been closed.'));
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    this.#queue = this.#queue.filter((job) => !job.settled);
    if (!this.#available() && this.#queue.length >= this.#maxQueue) {
      return Promise.reject(new QueueFullError(`${this.#queue.length} tasks are waiting already.`));
    }
    const job = new Job(input, options.signal, options.transfer);
    this.#queue.push(job);
    this.#dispatch();
    return job.promise;
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    const waiting = this.#queue;
    this.#queue = [];
    await Promise.allSettled(
      waiting.map((job) => (job.fail(new Error('The pool was closed.')), job.promise)),
    );
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #available(): boolean {
    return this.#threads.some(({ state }) => state === 'idle') || this.#threads.length < this.#size;
  }

  #open(): Thread {
    const thread: Thread = new Thread(this.#script, () => {
      this.#threads = this.#threads.filter(({ state }) => state !== 'gone');
      this.#dispatch();
    });
    this.#threads.push(thread);
    return thread;
  }

  #dispatch(): void {
    for (;;) {
      this.#queue = this.#queue.filter((job) => !job.settled);
      if (this.#queue.length === 0 || !this.#available()) return;
      const thread = this.#threads.find(({ state }) => state === 'idle') ?? this.#open();
      const job = this.#queue.shift()!;
      try {
        thread.start(job);
      } catch (error) {
        job.fail(error);
      }
    }
  }
}

export function buildApp({ pool }: { pool: Pick<WorkerPool, 'run'> }): FastifyInstance {
  const app = fastify({ bodyLimit: 64 * 1024 * 1024 });

  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });

  app.post('/process', async (request, reply: FastifyReply) => {
    const body = request.body as Buffer;
    reply.header('content-type', 'application/json; charset=utf-8');
    // A copy that owns its memory may be handed over instead of copied once more.
    const bytes = new Uint8Array(body);
    try {
      const sorted = await pool.run<Uint8Array>(bytes, { transfer: [bytes.buffer] });
      return await reply.send(Buffer.from(sorted));
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'QueueFullError')
        return reply.code(503).header('retry-after', '1').send({ error: name, message });
      if (name === 'SyntaxError') return reply.code(400).send({ error: name, message });
      throw error;
    }
  });

  return app;
}
