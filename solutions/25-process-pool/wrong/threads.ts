// Threads share one process: what kills one of them kills the program.
// fails: a killed process fails its own task only, and the next one works
// fails: process.exit in a task rejects that task, whatever the code
// fails: a task that fills its memory ends only its own process
// fails: what a task prints does not disturb its result
// fails: a message that a task sends itself is not its result
// fails: has as many processes as its size says, and uses them again
// fails: a process that ends between two tasks is replaced
// fails: an abort ends the process of its running task, and no other
// fails: no process is left when close has resolved
import { Worker } from 'node:worker_threads';

interface Task {
  input: unknown;
  resolve: (value: any) => void;
  reject: (error: unknown) => void;
}

/** Runs the task that `script` exports as its default, for one input after another. */
export class ProcessPool {
  #script: URL;
  #size: number;
  #threads = new Set<Worker>();
  #idle: Worker[] = [];
  #running = new Map<Worker, Task>();
  #queue: Task[] = [];
  #accepted = new Set<Promise<unknown>>();
  #closing = false;

  constructor(script: URL, { size }: { size: number }) {
    this.#script = script;
    this.#size = size;
  }

  async run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('The pool is closed.');
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const task = { input, resolve, reject };
    const abort = () => this.#abort(task, signal?.reason);
    signal?.addEventListener('abort', abort);
    this.#accepted.add(promise);
    this.#queue.push(task);
    this.#next();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#accepted.delete(promise);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#accepted);
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop() ?? this.#start();
      if (thread === null) return;
      const task = this.#queue.shift()!;
      try {
        thread.postMessage(task.input);
        this.#running.set(thread, task);
      } catch (error) {
        // The input cannot be copied: nothing was sent, and the thread is still free.
        this.#idle.push(thread);
        task.reject(error);
      }
    }
  }

  #start(): Worker | null {
    if (this.#threads.size === this.#size) return null;
    const thread = new Worker(new URL('pool-thread.ts', import.meta.url), {
      workerData: this.#script.href,
    });
    this.#threads.add(thread);
    thread.on('message', ({ value, error }) => {
      const task = this.#running.get(thread);
      this.#running.delete(thread);
      this.#idle.push(thread);
      if (error) task?.reject(Object.assign(new Error(error.message), { name: error.name }));
      else task?.resolve(value);
      this.#next();
    });
    thread.on('error', (error) => this.#gone(thread, error));
    thread.on('exit', (code) => {
      this.#gone(thread, new Error(`The thread ended with exit code ${code}.`));
    });
    return thread;
  }

  /** Whatever ended it: its task fails, and another one may start in its place. */
  #gone(thread: Worker, error: unknown): void {
    this.#running.get(thread)?.reject(error);
    this.#running.delete(thread);
    this.#threads.delete(thread);
    this.#idle = this.#idle.filter((idle) => idle !== thread);
    this.#next();
  }

  /** JavaScript that computes hears no signal: only the end of its thread stops it. */
  #abort(task: Task, reason: unknown): void {
    task.reject(reason);
    this.#queue = this.#queue.filter((waiting) => waiting !== task);
    for (const [thread, running] of this.#running) {
      if (running !== task) continue;
      // Its answer may be on the way already. It must not make an ending thread look free.
      thread.removeAllListeners('message');
      void thread.terminate();
    }
  }
}
