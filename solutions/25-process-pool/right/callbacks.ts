import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Callback = (error: unknown, value?: any) => void;
interface Task {
  id: number;
  input: unknown;
  callback: Callback;
  child: ChildProcess | null;
  done: boolean;
}

// As it was written before there was `async`: each task has a callback, which is called once. What is refused before it has begun is
// thrown at once. The channel keeps its default, JSON. How a process ended is told in the properties of the error.
export class ProcessPool {
  private script: URL;
  private size: number;
  private all: ChildProcess[] = [];
  private idle: ChildProcess[] = [];
  private queue: Task[] = [];
  private pending = 0;
  private nextId = 1;
  private closed = false;
  private onDone: Array<() => void> = [];

  constructor(script: URL, options: { size: number }) {
    this.script = script;
    this.size = options.size;
  }

  run<T>(input: unknown, options?: { signal?: AbortSignal }): Promise<T> {
    const signal = options?.signal;
    if (this.closed) throw new Error('Pool is closed');
    if (signal?.aborted) throw signal.reason;
    return new Promise((resolve, reject) => {
      const task: Task = {
        id: this.nextId++,
        input,
        child: null,
        done: false,
        callback: (error, value) => {
          if (task.done) return;
          task.done = true;
          signal?.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve(value);
          if (--this.pending === 0) this.onDone.splice(0).forEach((done) => done());
        },
      };
      const onAbort = (): void => {
        const error = new Error('The task was aborted', { cause: signal!.reason });
        error.name = 'AbortError';
        const place = this.queue.indexOf(task);
        if (place !== -1) this.queue.splice(place, 1);
        task.child?.kill('SIGKILL');
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
        this.all.slice().forEach((child) => {
          child.once('exit', () => {
            if (--left === 0) resolve();
          });
          if (child.connected) child.disconnect();
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
    const child = fork(fileURLToPath(new URL('pool-child.ts', import.meta.url)), [
      this.script.href,
    ]);
    this.all.push(child);
    this.idle.push(child);
    child.on('error', () => {});
    child.once('disconnect', () => {
      this.idle = this.idle.filter((one) => one !== child);
    });
    child.once('exit', () => {
      this.all = this.all.filter((one) => one !== child);
      this.idle = this.idle.filter((one) => one !== child);
      this.next();
    });
  }

  private give(child: ChildProcess, task: Task) {
    const cleanUp = (): void => {
      child.removeListener('message', onMessage);
      child.removeListener('exit', onExit);
    };
    const onMessage = (message: any): void => {
      // A process that is about to be killed is not free.
      if (!message || message.id !== task.id || child.killed) return;
      cleanUp();
      this.idle.push(child);
      if (message.error) {
        const error = new Error(message.error.message);
        error.name = message.error.name;
        task.callback(error);
      } else {
        task.callback(null, message.value);
      }
      this.next();
    };
    const onExit = (code: number | null, signal: string | null): void => {
      cleanUp();
      const error: any = new Error('Child process ended before it answered');
      error.code = code;
      error.signal = signal;
      task.callback(error);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    task.child = child;
    try {
      child.send({ id: task.id, input: task.input }, () => {});
    } catch (error) {
      cleanUp();
      task.child = null;
      this.idle.push(child);
      task.callback(error);
    }
  }
}
