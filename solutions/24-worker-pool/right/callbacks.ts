import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

type Callback = (error: unknown, value?: any) => void;
interface Task {
  input: unknown;
  transfer: Transferable[];
  callback: Callback;
  worker: Worker | null;
  done: boolean;
}

export function QueueFullError(message: string): Error {
  const error = new Error(message);
  error.name = 'QueueFullError';
  return error;
}

// As it was written before there was `async`: each task has a callback, which is called once. What is refused before it has begun is
// thrown at once.
export class WorkerPool {
  private script: URL;
  private size: number;
  private maxQueue: number;
  private all: Worker[] = [];
  private idle: Worker[] = [];
  private queue: Task[] = [];
  private pending = 0;
  private closed = false;
  private onDone: Array<() => void> = [];

  constructor(script: URL, options: { size: number; maxQueue?: number }) {
    this.script = script;
    this.size = options.size;
    this.maxQueue = options.maxQueue === undefined ? Infinity : options.maxQueue;
  }

  run<T>(
    input: unknown,
    options?: { signal?: AbortSignal; transfer?: Transferable[] },
  ): Promise<T> {
    const signal = options?.signal;
    if (this.closed) throw new Error('Pool is closed');
    if (signal?.aborted) throw signal.reason;
    if (
      this.idle.length === 0 &&
      this.all.length >= this.size &&
      this.queue.length >= this.maxQueue
    ) {
      throw QueueFullError('The queue is full');
    }
    return new Promise((resolve, reject) => {
      const task: Task = {
        input,
        transfer: options?.transfer || [],
        worker: null,
        done: false,
        callback: (error, value) => {
          if (task.done) return;
          task.done = true;
          signal?.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve(value);
          if (--this.pending === 0) this.onDone.splice(0).forEach((callback) => callback());
        },
      };
      const onAbort = (): void => {
        if (task.worker) {
          task.worker.removeAllListeners('message');
          void task.worker.terminate();
        } else {
          this.queue.splice(this.queue.indexOf(task), 1);
        }
        const error = new Error('The task was aborted', { cause: signal!.reason });
        error.name = 'AbortError';
        task.callback(error);
      };
      this.pending++;
      signal?.addEventListener('abort', onAbort);
      this.queue.push(task);
      this.next();
    });
  }

  close(): Promise<void> {
    this.closed = true;
    return new Promise((resolve) => {
      const stop = (): void => {
        let left = this.all.length;
        if (left === 0) return resolve();
        this.all.slice().forEach((worker) => {
          worker.once('exit', () => {
            if (--left === 0) resolve();
          });
          void worker.terminate();
        });
      };
      if (this.pending === 0) stop();
      else this.onDone.push(stop);
    });
  }

  private next() {
    while (this.queue.length > 0) {
      if (this.idle.length === 0) {
        if (this.all.length >= this.size) return;
        this.open();
      }
      this.give(this.idle.shift()!, this.queue.shift()!);
    }
  }

  private open() {
    const worker = new Worker(fileURLToPath(new URL('pool-worker.ts', import.meta.url)), {
      workerData: this.script.href,
    });
    this.all.push(worker);
    this.idle.push(worker);
    worker.on('error', () => {
      this.idle = this.idle.filter((one) => one !== worker);
    });
    worker.once('exit', () => {
      this.all = this.all.filter((one) => one !== worker);
      this.idle = this.idle.filter((one) => one !== worker);
      this.next();
    });
  }

  private give(worker: Worker, task: Task) {
    const cleanUp = (): void => {
      worker.removeListener('message', onMessage);
      worker.removeListener('error', onError);
      worker.removeListener('exit', onExit);
    };
    const onMessage = (message: any): void => {
      cleanUp();
      this.idle.push(worker);
      if (message.error) {
        const error = new Error(message.error.message);
        error.name = message.error.name;
        task.callback(error);
      } else {
        task.callback(null, message.value);
      }
      this.next();
    };
    const onError = (error: unknown): void => {
      cleanUp();
      task.callback(error);
    };
    const onExit = (code: number): void => {
      cleanUp();
      task.callback(new Error('Worker stopped with exit code ' + code));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    task.worker = worker;
    try {
      worker.postMessage(task.input, task.transfer);
    } catch (error) {
      cleanUp();
      this.idle.push(worker);
      task.callback(error);
    }
  }
}

export function buildApp(options: { pool: Pick<WorkerPool, 'run'> }): FastifyInstance {
  const app = Fastify({ bodyLimit: 32 * 1024 * 1024 });

  app.addContentTypeParser('application/json', function (request, payload, done) {
    const chunks: Buffer[] = [];
    payload.on('data', (chunk) => chunks.push(chunk));
    payload.on('error', (error) => done(error));
    payload.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
  });

  app.post('/process', function (request, reply) {
    const text = request.body as string;
    if (text.length < 1000) {
      let numbers;
      try {
        numbers = JSON.parse(text);
      } catch (error) {
        reply.code(400).send({ error: (error as Error).message });
        return;
      }
      reply.send(numbers.toSorted((a: number, b: number) => a * a - b * b));
      return;
    }
    let answer;
    try {
      answer = options.pool.run<string>(text);
    } catch (error) {
      return fail(error);
    }
    answer.then((sorted) => {
      reply.type('application/json').send(sorted);
    }, fail);
    function fail(error: any) {
      if (error.name === 'QueueFullError') reply.code(503).send({ error: error.message });
      else if (error.name === 'SyntaxError') reply.code(400).send({ error: error.message });
      else reply.code(500).send({ error: error.message });
    }
  });

  return app;
}
