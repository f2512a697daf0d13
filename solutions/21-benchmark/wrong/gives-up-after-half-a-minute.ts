// Takes an answer that needs more than half a minute for a failure.
// fails: latency counts up to the last byte of the body, however long it is
import { finished } from 'node:stream/promises';
import { Agent, request } from 'undici';
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

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
      const answer = await request(url, {
        dispatcher: agent,
        signal: signal ?? null,
        headersTimeout: 30_000,
        bodyTimeout: 30_000,
      });
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
