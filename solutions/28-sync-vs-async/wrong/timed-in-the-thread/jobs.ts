// For the threads of a pool: does one job, and tells in which thread.
import { threadId } from 'node:worker_threads';
import * as blockingCalls from './blocking-calls.ts';
import type { Done, Job } from './sync-vs-async.ts';

const calls: Record<Job['call'], (input: number) => unknown> = blockingCalls;

export default function runJob({ call, input }: Job): Done {
  const startedAt = performance.now();
  const result = calls[call](input) ?? null;
  return { thread: threadId, result, ms: performance.now() - startedAt };
}
