// Listens for the end of a process only while a task runs. Later it gives a task to a dead one.
// fails: a process that ends between two tasks is replaced
// fails: forgets nothing that it accepted before it closes, and accepts no more
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Task {
  id: number;
  input: unknown;
  resolve: (value: any) => void;
  reject: (error: unknown) => void;
}

/** Runs the task that `script` exports as its default, for one input after another. */
export class ProcessPool {
  #script: URL;
  #size: number;
  #children = new Set<ChildProcess>();
  #idle: ChildProcess[] = [];
  #running = new Map<ChildProcess, Task>();
  #queue: Task[] = [];
  #accepted = new Set<Promise<unknown>>();
  #closing = false;
  #lastId = 0;

  constructor(script: URL, { size }: { size: number }) {
    this.#script = script;
    this.#size = size;
  }

  async run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('The pool is closed.');
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const task = { id: ++this.#lastId, input, resolve, reject };
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
    // A signal is only sent; the process is gone when its `exit` comes.
    const exits = [...this.#children].map((child) => once(child, 'exit'));
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(exits);
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const child = this.#idle.pop() ?? this.#start();
      if (child === null) return;
      const task = this.#queue.shift()!;
      try {
        child.send({ id: task.id, input: task.input }, (error) => error && task.reject(error));
        this.#running.set(child, task);
      } catch (error) {
        // The input cannot be copied: nothing was sent, and the process is still free.
        this.#idle.push(child);
        task.reject(error);
      }
    }
  }

  #start(): ChildProcess | null {
    if (this.#children.size === this.#size) return null;
    const child = fork(new URL('pool-child.ts', import.meta.url), [this.#script.href], {
      // The default is JSON: a Map would arrive as {}.
      serialization: 'advanced',
      execArgv: ['--max-old-space-size=64'],
    });
    this.#children.add(child);
    child.on('message', ({ id, value, error }: any) => {
      const task = this.#running.get(child);
      // Tasks may send messages too: without the id of the task it is no answer.
      if (task === undefined || id !== task.id) return;
      this.#running.delete(child);
      this.#idle.push(child);
      if (error) task.reject(Object.assign(new Error(error.message), { name: error.name }));
      else task.resolve(value);
      this.#next();
    });
    // An `error` without an `exit`: the process could not even start.
    child.on('error', (error) => this.#gone(child, error));
    child.on('exit', (code, signal) => {
      if (!this.#running.has(child)) return;
      this.#gone(child, new Error(`The process ended by ${signal ?? `exit code ${code}`}.`));
    });
    return child;
  }

  /** Whatever ended it: its task fails, and another one may start in its place. */
  #gone(child: ChildProcess, error: unknown): void {
    this.#running.get(child)?.reject(error);
    this.#running.delete(child);
    this.#children.delete(child);
    this.#idle = this.#idle.filter((idle) => idle !== child);
    this.#next();
  }

  /** A process that computes hears no message, and it may ignore SIGTERM. Nothing can ignore SIGKILL. */
  #abort(task: Task, reason: unknown): void {
    task.reject(reason);
    this.#queue = this.#queue.filter((waiting) => waiting !== task);
    for (const [child, running] of this.#running) {
      if (running !== task) continue;
      // Its answer may be on the way already. It must not make an ending process look free.
      child.removeAllListeners('message');
      child.kill('SIGKILL');
    }
  }
}
