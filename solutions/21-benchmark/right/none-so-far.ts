// Enters each status at its headers, with no answers so far: one whose bodies all broke is told with 0. One list of
// latencies, into which each is put at its place.
import { Pool } from 'undici';
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

export async function bench(
  url: string,
  options: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  const { requests, concurrency, signal } = options;
  signal?.throwIfAborted();
  const { origin, pathname, search } = new URL(url);
  await using resources = new AsyncDisposableStack();
  const pool = resources.adopt(new Pool(origin, { connections: concurrency }), (it) => it.close());

  const now = (): number => Temporal.Now.instant().epochMilliseconds;
  const began = now();
  const sorted: number[] = [];
  const statuses: Record<number, number> = {};
  let sent = 0;

  const takeNext = async (): Promise<void> => {
    if (sent === requests) return;
    sent += 1;
    const start = now();
    try {
      const answer = await pool.request({
        path: pathname + search,
        method: 'GET',
        signal: signal ?? null,
      });
      const { statusCode } = answer;
      statuses[statusCode] ??= 0;
      for await (const _ of answer.body);
      statuses[statusCode] += 1;
      const ms = now() - start;
      const place = sorted.findIndex((other) => other > ms);
      sorted.splice(place === -1 ? sorted.length : place, 0, ms);
    } catch {
      signal?.throwIfAborted();
    }
    return takeNext();
  };
  await Promise.all(Array.from({ length: concurrency }, takeNext));

  const totalMs = now() - began;
  const rank = (percent: number): number =>
    sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
  return {
    totalMs,
    requestsPerSecond: sorted.length / (totalMs / 1000),
    p50Ms: rank(50),
    p99Ms: rank(99),
    maxMs: rank(100),
    errors: requests - sorted.length,
    statuses,
  };
}
