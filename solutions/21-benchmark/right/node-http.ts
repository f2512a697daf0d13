// Without promises until the end: Node's own client, and each end of a request begins the next.
import { Agent, get } from 'node:http';
import type { Report } from '../../../katas/21-benchmark/benchmark.ts';

export function bench(
  url: string,
  options: { requests: number; concurrency: number; signal?: AbortSignal },
): Promise<Report> {
  const { requests, concurrency, signal } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);

  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: true });
    const ends: { status: number; ms: number }[] = [];
    let [sent, ended] = [0, 0];
    const began = process.hrtime.bigint();
    const sinceMs = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e6;

    const stop = (): void => {
      agent.destroy();
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      sent = requests;
      stop();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort);

    const send = (): void => {
      if (sent === requests) return;
      sent += 1;
      const start = process.hrtime.bigint();
      let done = false;
      const end = (status: number | null): void => {
        if (done) return;
        done = true;
        ended += 1;
        if (status !== null) ends.push({ status, ms: sinceMs(start) });
        if (ended < requests) return send();
        stop();
        resolve(report(ends, { requests, totalMs: sinceMs(began) }));
      };
      get(url, { agent }, (response) => {
        response.on('data', () => {});
        response.on('error', () => end(null));
        response.on('end', () => end(response.statusCode ?? 0));
      }).on('error', () => end(null));
    };
    for (let slot = 0; slot < concurrency; slot += 1) send();
  });
}

function report(
  ends: readonly { status: number; ms: number }[],
  { requests, totalMs }: { requests: number; totalMs: number },
): Report {
  const sorted = Float64Array.from(ends, ({ ms }) => ms).toSorted();
  const rank = (hundredths: number): number =>
    sorted.at(Math.ceil((hundredths * sorted.length) / 100) - 1) ?? Number.NaN;
  const byStatus = Map.groupBy(ends, ({ status }) => status);
  return {
    totalMs,
    requestsPerSecond: (ends.length * 1000) / totalMs,
    p50Ms: rank(50),
    p99Ms: rank(99),
    maxMs: rank(100),
    errors: requests - ends.length,
    statuses: Object.fromEntries([...byStatus].map(([status, { length }]) => [status, length])),
  };
}
