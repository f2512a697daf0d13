// For a thread: does the one job for which the thread was started, and tells in which thread.
import { parentPort, threadId, workerData } from 'node:worker_threads';
import * as blockingCalls from './blocking-calls.ts';
import type { Done, Job } from './sync-vs-async.ts';

const calls: Record<Job['call'], (input: number) => unknown> = blockingCalls;

export default function runJob({ call, input }: Job): Done {
  return { thread: threadId, result: calls[call](input) ?? null };
}

if (workerData?.call) parentPort!.postMessage(runJob(workerData));
