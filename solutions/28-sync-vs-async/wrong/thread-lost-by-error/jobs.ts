// For the threads of the pool: answers each message, which is a job, with one message.
import { parentPort, threadId, workerData } from 'node:worker_threads';
import * as blockingCalls from './blocking-calls.ts';
import type { Done, Job } from './sync-vs-async.ts';

const calls: Record<Job['call'], (input: number) => unknown> = blockingCalls;

export default function runJob({ call, input }: Job): Done {
  return { thread: threadId, result: calls[call](input) ?? null };
}

// The main thread loads this file too, for the calls that it makes itself.
if (workerData === 'in a pool') {
  parentPort!.on('message', (job: Job) => {
    parentPort!.postMessage(runJob(job));
  });
}
