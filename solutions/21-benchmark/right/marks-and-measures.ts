// User timing instead of a clock, tickets of a generator instead of a counter, and Object.groupBy at the end.
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

export async function bench(
  url: string,
  {
    requests,
    concurrency,
    signal,
  }: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  signal?.throwIfAborted();
  const tickets = take(requests);
  const answers: { status: number; ms: number }[] = [];
  let errors = 0;
  const { startTime } = performance.mark('start');

  const ask = async (): Promise<void> => {
    const began = performance.mark('began');
    try {
      const answer = await fetch(url, { redirect: 'manual', ...(signal && { signal }) });
      await answer.bytes();
      const { duration } = performance.measure('answer', { start: began.startTime });
      answers.push({ status: answer.status, ms: duration });
    } catch {
      signal?.throwIfAborted();
      errors += 1;
    }
  };
  const slot = async (): Promise<void> => {
    while (!tickets.next().done) await ask();
  };
  await Promise.all(Array.from({ length: concurrency }, slot));

  const totalMs = performance.measure('total', { start: startTime }).duration;
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const atPercent = (percent: number): number =>
    sorted.at(Math.ceil((sorted.length * percent) / 100) - 1) ?? Number.NaN;
  const statuses = Object.groupBy(answers, ({ status }) => status);
  return {
    totalMs,
    requestsPerSecond: (answers.length / totalMs) * 1000,
    p50Ms: atPercent(50),
    p99Ms: atPercent(99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    errors,
    statuses: Object.fromEntries(
      Object.entries(statuses).map(([status, same]) => [status, same?.length ?? 0]),
    ),
  };
}

function* take(count: number): Generator<number> {
  for (let ticket = 0; ticket < count; ticket += 1) yield ticket;
}
