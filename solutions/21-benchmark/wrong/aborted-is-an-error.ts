// Takes an abort for a failed request, and looks at the signal before the next one only: after the last there is no next.
// fails: an abort breaks off what is under way, and nothing more is sent
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
      errors += 1;
    }
  };

  const began = performance.now();
  try {
    // So many loops share one counter. Nothing is awaited between the look at it and the change, so no request is sent
    // twice. A loop that has its answer takes the next request at once, and waits for no other loop.
    let left = requests;
    const slot = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        signal?.throwIfAborted();
        await measureOne();
      }
    };
    await Promise.all(Array.from({ length: options.concurrency }, slot));
  } finally {
    await agent.destroy();
  }
  const totalMs = performance.now() - began;

  latencies.sort((one, other) => one - other);
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

/** By nearest rank: the smallest value that `percent` of all values do not exceed. NaN where there are none. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
