// Given, for the spec: the small jobs with which it asks your pool its questions. They belong on a thread of the pool.
import { isMainThread, threadId } from 'node:worker_threads';
import { passThreadGate } from '../../harness/world/thread-gate.ts';

export type Job =
  /** Gives back `value`. */
  | { do: 'echo'; value: unknown }
  /** Gives back the number of its thread. */
  | { do: 'thread' }
  /** Waits at a gate, as a long computation would, then gives back the number of its thread. */
  | { do: 'gate'; gate: SharedArrayBuffer }
  /** Gives back how many came before it. */
  | { do: 'count'; counter: SharedArrayBuffer }
  | { do: 'throw' | 'reject'; name: string; message: string }
  | { do: 'throw-in-timer' | 'reject-unheard'; message: string }
  | { do: 'exit'; code: number };

export default function task(job: Job): unknown {
  if (isMainThread) {
    throw Object.assign(
      new Error('Your pool ran the task on the main thread. Tasks belong on its own threads.'),
      { kind: 'assertion' },
    );
  }
  switch (job.do) {
    case 'echo':
      return job.value;
    case 'thread':
      return threadId;
    case 'gate':
      passThreadGate(job.gate);
      return threadId;
    case 'count':
      return Atomics.add(new Int32Array(job.counter), 0, 1);
    case 'throw':
      throw Object.assign(new Error(job.message), { name: job.name });
    case 'reject':
      return Promise.reject(Object.assign(new Error(job.message), { name: job.name }));
    case 'throw-in-timer':
      return new Promise(() => {
        setTimeout(() => {
          throw new Error(job.message);
        });
      });
    case 'reject-unheard':
      void Promise.reject(new Error(job.message));
      return new Promise(() => {});
    default:
      return process.exit(job.code);
  }
}
