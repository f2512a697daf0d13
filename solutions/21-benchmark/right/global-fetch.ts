// The global fetch with its shared connections, one iterator for all slots, and a sum over the outcomes at the end.
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

interface Outcome {
  readonly status: number | null;
  readonly ms: number;
}

export async function bench(
  url: string,
  {
    requests,
    concurrency,
    signal,
  }: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  signal?.throwIfAborted();
  const began = Date.now();
  const numbers = Array(requests).keys();
  const slots = Array.from({ length: Math.min(requests, concurrency) }, async () => {
    const outcomes: Outcome[] = [];
    for (const _ of numbers) outcomes.push(await ask(url, signal));
    return outcomes;
  });
  const outcomes = (await Promise.all(slots)).flat();
  const totalMs = Date.now() - began;

  const answers = outcomes.filter(({ status }) => status !== null).toSorted((a, b) => a.ms - b.ms);
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status!] = (statuses[status!] ?? 0) + 1;
  const atRank = (share: number): number =>
    answers.find((_, index) => (index + 1) / answers.length >= share)?.ms ?? Number.NaN;
  return {
    totalMs,
    requestsPerSecond: answers.length / (totalMs / 1000),
    p50Ms: atRank(0.5),
    p99Ms: atRank(0.99),
    maxMs: atRank(1),
    errors: outcomes.length - answers.length,
    statuses,
  };
}

async function ask(url: string, signal?: AbortSignal): Promise<Outcome> {
  const began = Date.now();
  try {
    const response = await fetch(url, signal ? { signal } : {});
    await response.arrayBuffer();
    return { status: response.status, ms: Date.now() - began };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { status: null, ms: Number.NaN };
  }
}
