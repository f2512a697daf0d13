import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Place {
  child: ChildProcess;
  task: Task | null;
}

interface Task {
  id: number;
  input: unknown;
  settle: (outcome: { value?: any; error?: unknown }) => void;
}

// All processes start with the pool, and a new one as soon as one ends. `spawn` with an 'ipc' channel is what `fork` does; what the
// tasks print goes to stderr here, so that the program's own stdout stays clean.
export class ProcessPool {
  #script: URL;
  #places: Place[];
  #waiting = new Map<number, Task>();
  #lastId = 0;
  #closing = false;
  #closed = Promise.withResolvers<void>();

  constructor(script: URL, { size }: { size: number }) {
    this.#script = script;
    this.#places = Array.from({ length: size }, () => this.#open());
  }

  run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    if (this.#closing) return Promise.reject(new Error('The pool is closed.'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const id = (this.#lastId += 1);
      const abort = (): void => {
        this.#places.find(({ task }) => task?.id === id)?.child.kill('SIGKILL');
        const { reason: cause } = signal!;
        task.settle({
          error: new DOMException('The task was aborted.', { name: 'AbortError', cause }),
        });
      };
      const task: Task = {
        id,
        input,
        settle: ({ value, error }) => {
          signal?.removeEventListener('abort', abort);
          this.#waiting.delete(id);
          if (error === undefined) resolve(value);
          else reject(error);
          this.#endIfDone();
        },
      };
      signal?.addEventListener('abort', abort);
      this.#waiting.set(id, task);
      this.#assign();
    });
  }

  close(): Promise<void> {
    this.#closing = true;
    this.#endIfDone();
    return this.#closed.promise;
  }

  #assign(): void {
    for (const place of this.#places) {
      if (place.task !== null || !place.child.connected) continue;
      const [next] = this.#waiting.values();
      if (next === undefined) return;
      this.#waiting.delete(next.id);
      try {
        place.child.send({ id: next.id, input: next.input }, () => {});
        place.task = next;
      } catch (error) {
        next.settle({ error });
        return this.#assign();
      }
    }
  }

  #open(): Place {
    const file = fileURLToPath(new URL('pool-child.ts', import.meta.url));
    const args = ['--max-old-space-size=64', file, this.#script.href];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    });
    const place: Place = { child, task: null };
    child.on('message', (answer: any) => {
      const { task } = place;
      if (task === null || answer?.id !== task.id || child.killed) return;
      place.task = null;
      const { value, error } = answer;
      task.settle(error ? { error: Object.assign(new Error(), error) } : { value });
      this.#assign();
    });
    child.on('exit', (code, signal) => {
      const error = new Error(`The process of the task is gone: ${signal ?? code}`);
      const { task } = place;
      this.#places.splice(this.#places.indexOf(place), 1);
      if (!this.#closing || this.#waiting.size > 0) this.#places.push(this.#open());
      task?.settle({ error });
      this.#assign();
      this.#endIfDone();
    });
    return place;
  }

  #endIfDone(): void {
    if (!this.#closing || this.#waiting.size > 0) return;
    if (this.#places.length === 0) return this.#closed.resolve();
    if (this.#places.some(({ task, child }) => task !== null && !child.killed)) return;
    for (const { child } of this.#places) child.kill('SIGKILL');
  }
}
