// Tells the rate of all requests, also of those that failed, and 0 where no answer has a latency.
import { Agent } from 'undici';
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

export async function bench(
  url: string,
  options: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  const { requests, concurrency, signal } = options;
  signal?.throwIfAborted();
  const { origin, pathname, search } = new URL(url);
  const agent = new Agent({ connections: concurrency });
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  let errors = 0;
  let sent = 0;

  const send = async (): Promise<void> => {
    const began = performance.now();
    try {
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        signal: signal ?? null,
      });
      await answer.body.bytes();
      latencies.push(performance.now() - began);
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    } catch {
      errors += 1;
    }
  };
  // Each slot is a chain of promises.
  const slot = async (): Promise<void> => {
    if (sent === requests || signal?.aborted) return;
    sent += 1;
    await send();
    await slot();
  };

  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: concurrency }, slot));
    signal?.throwIfAborted();
  } finally {
    await agent.destroy();
  }
  const totalMs = performance.now() - began;

  latencies.sort((one, other) => one - other);
  const rank = (percent: number): number =>
    latencies[Math.ceil((percent * latencies.length) / 100) - 1] ?? 0;
  return {
    totalMs,
    requestsPerSecond: requests / (totalMs / 1000),
    p50Ms: rank(50),
    p99Ms: rank(99),
    maxMs: rank(100),
    errors,
    statuses,
  };
}
