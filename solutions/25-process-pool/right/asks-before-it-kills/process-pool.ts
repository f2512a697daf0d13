import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export class ProcessDiedError extends Error {
  override readonly name = 'ProcessDiedError';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null) {
    super(signal ? `The process was killed by ${signal}` : `The process exited with code ${code}`);
    this.code = code;
    this.signal = signal;
  }
}

class Job {
  static #last = 0;
  readonly id = ++Job.#last;
  readonly input: unknown;
  readonly #outcome = Promise.withResolvers<any>();
  readonly #signal: AbortSignal | undefined;
  settled = false;
  onAborted: () => void = () => {};
  readonly #listener = (): void => {
    this.fail(this.#signal!.reason);
    this.onAborted();
  };

  constructor(input: unknown, signal: AbortSignal | undefined) {
    this.input = input;
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

class Child {
  readonly #process: ChildProcess;
  readonly #onChange: () => void;
  #job: Job | undefined;
  state: 'idle' | 'busy' | 'ending' | 'gone' = 'idle';
  readonly exited: Promise<void>;

  constructor(script: URL, onChange: () => void) {
    this.#onChange = onChange;
    this.#process = fork(new URL('./pool-child.ts', import.meta.url), [script.href], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#unref();
    this.#process.on('message', (reply: any) => this.#answered(reply));
    this.#process.on('error', (error) => this.#lost(error));
    this.exited = new Promise((resolve) => {
      this.#process.on('exit', (code, signal) => {
        this.#lost(new ProcessDiedError(code, signal));
        this.state = 'gone';
        resolve();
        this.#onChange();
      });
    });
  }

  start(job: Job): void {
    this.#process.send({ type: 'task', id: job.id, input: job.input });
    this.#job = job;
    this.state = 'busy';
    this.#ref();
    job.onAborted = () => void this.end();
  }

  async end(): Promise<void> {
    if (this.state === 'gone') return;
    this.state = 'ending';
    this.#ref();
    this.#process.kill();
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), 100);
    await this.exited;
    clearTimeout(hard);
  }

  #answered(reply: any): void {
    if (reply?.type !== 'reply' || reply.id !== this.#job?.id || this.state !== 'busy') return;
    const job = this.#job!;
    this.#job = undefined;
    this.state = 'idle';
    this.#unref();
    if (reply.ok) job.succeed(reply.value);
    else
      job.fail(Object.assign(new Error(reply.message), { name: reply.name, stack: reply.stack }));
    this.#onChange();
  }

  #lost(error: unknown): void {
    if (this.state !== 'gone') this.state = 'ending';
    this.#job?.fail(error);
    this.#job = undefined;
  }

  #ref(): void {
    this.#process.ref();
    this.#process.channel?.ref();
  }

  #unref(): void {
    this.#process.unref();
    this.#process.channel?.unref();
  }
}

// All processes start with the pool, and do not keep the program alive while they are free. An aborted task, and `close`, first ask a
// process to go. `close` refuses the tasks that it finds.
export class ProcessPool {
  readonly #script: URL;
  readonly #size: number;
  #children: Child[] = [];
  #queue: Job[] = [];
  #closed: Promise<void> | undefined;

  constructor(script: URL, { size }: { size: number }) {
    this.#script = script;
    this.#size = size;
    for (let count = 0; count < size; count += 1) this.#open();
  }

  run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The pool has been closed.'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const job = new Job(input, signal);
    this.#queue.push(job);
    this.#dispatch();
    return job.promise;
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    for (const job of this.#queue.splice(0)) job.fail(new Error('The pool was closed.'));
    await Promise.all(this.#children.map((child) => child.end()));
  }

  #open(): Child {
    const child: Child = new Child(this.#script, () => {
      this.#children = this.#children.filter(({ state }) => state !== 'gone');
      this.#dispatch();
    });
    this.#children.push(child);
    return child;
  }

  #dispatch(): void {
    for (;;) {
      this.#queue = this.#queue.filter((job) => !job.settled);
      if (this.#queue.length === 0) return;
      const idle = this.#children.find(({ state }) => state === 'idle');
      const child = idle ?? (this.#children.length < this.#size ? this.#open() : undefined);
      if (!child) return;
      const job = this.#queue.shift()!;
      try {
        child.start(job);
      } catch (error) {
        job.fail(error);
      }
    }
  }
}
