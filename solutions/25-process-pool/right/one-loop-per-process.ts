import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';

interface Task {
  readonly start: (child: ChildProcess) => Promise<void>;
}

// One async loop for each place: take a task, wait for its end, take the next one. Whoever is free waits in `#free`, whatever waits
// is in `#tasks`; never are both filled. Only the loop of a process talks to it.
export class ProcessPool {
  #script: URL;
  #tasks: Task[] = [];
  #free: ((task: Task | null) => void)[] = [];
  #loops: Promise<void>[];
  #closing = false;
  #lastId = 0;

  constructor(script: URL, { size }: { size: number }) {
    this.#script = script;
    this.#loops = Array.from({ length: size }, () => this.#loop());
  }

  run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closing) throw new Error('This pool takes no more tasks.');
      const id = (this.#lastId += 1);
      const start = async (child: ChildProcess): Promise<void> => {
        signal?.removeEventListener('abort', leave);
        const asked = ask<T>(child, id, input, signal);
        asked.then(resolve, reject);
        // After an abort the caller goes at once, the process a little later.
        await asked.catch(() => (signal?.aborted ? gone(child) : undefined));
      };
      const task = { start };
      const leave = (): void => {
        this.#tasks.splice(this.#tasks.indexOf(task), 1);
        reject(signal?.reason);
      };
      const free = this.#free.shift();
      if (free) return free(task);
      signal?.addEventListener('abort', leave, { once: true });
      this.#tasks.push(task);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const free of this.#free.splice(0)) free(null);
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    let child: ChildProcess | null = null;
    for (let task = await this.#take(); task !== null; task = await this.#take()) {
      if (child === null || hasEnded(child)) child = this.#start();
      await task.start(child);
    }
    if (child === null || hasEnded(child)) return;
    // It exits by itself when it has lost its parent.
    child.disconnect();
    await gone(child);
  }

  #take(): Task | null | Promise<Task | null> {
    const next = this.#tasks.shift();
    if (next !== undefined) return next;
    if (this.#closing) return null;
    return new Promise((resolve) => {
      this.#free.push(resolve);
    });
  }

  #start(): ChildProcess {
    return fork(new URL('pool-child.ts', import.meta.url), [this.#script.href], {
      serialization: 'advanced',
      execArgv: [...process.execArgv, '--max-old-space-size=64'],
    });
  }
}

/** One task in one process. */
async function ask<T>(
  child: ChildProcess,
  id: number,
  input: unknown,
  signal: AbortSignal | undefined,
): Promise<T> {
  const over = new AbortController();
  const stop = (): void => over.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  const exit = once(child, 'exit', { signal: over.signal });
  const answer = answerTo(child, id, over.signal);
  exit.catch(() => {});
  answer.catch(() => {});
  try {
    signal?.throwIfAborted();
    child.send({ id, input }, () => {});
    const [first, name] = await Promise.race([answer, exit]);
    if (typeof first !== 'object' || first === null) {
      throw new Error(`The process is gone (${name ?? first}).`);
    }
    if (first.error) {
      throw Object.assign(new Error(first.error.message), { name: first.error.name });
    }
    return first.value;
  } catch (error) {
    if (!signal?.aborted) throw error;
    child.kill('SIGKILL');
    throw signal.reason;
  } finally {
    signal?.removeEventListener('abort', stop);
    over.abort();
  }
}

async function answerTo(child: ChildProcess, id: number, signal: AbortSignal): Promise<any[]> {
  for await (const [message] of on(child, 'message', { signal })) {
    if (message?.id === id) return [message];
  }
  return [];
}

async function gone(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit');
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
