import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';
import type { Report } from '../../solutions/21-benchmark/benchmark.ts';

/** What is measured: a way that holds the event loop beside one that does not. */
export const benchmarkedPaths = [
  '/test/sync',
  '/test/async',
  '/async/bad-blocking',
  '/async/wrap-blocking',
] as const;

/** One line of the table. Times are in milliseconds. */
export interface DemoFigures extends Omit<Report, 'statuses'> {
  readonly path: string;
  readonly statuses: Readonly<Record<number, number>>;
  /** The longest time for which the event loop stood still; null where the server does not tell. */
  readonly longestStallMs: number | null;
  /** The longest wait for an answer of /healthz while the load ran; null where there was no answer. */
  readonly healthzMs: number | null;
}

export interface BenchDemoOptions {
  /** Without a trailing slash. */
  readonly url: string;
  readonly requests: number;
  readonly concurrency: number;
  /** Where the server tells of its loop. */
  readonly takeLongestStall?: () => Promise<number>;
  readonly onProgress?: (path: string) => void;
}

const pauseMs = 20;

/** Sends the article's load to each path, one after another, with the tool of kata 21, and asks /healthz meanwhile. */
export async function benchDemo(options: BenchDemoOptions): Promise<DemoFigures[]> {
  const { bench } = await import('../../solutions/21-benchmark/benchmark.ts');
  const { url, requests, concurrency, takeLongestStall, onProgress } = options;
  const figures: DemoFigures[] = [];
  for (const path of benchmarkedPaths) {
    onProgress?.(path);
    // Threads start and functions are compiled before anything is counted.
    await bench(url + path, { requests: 8, concurrency: 8 });
    await takeLongestStall?.();
    using healthz = watchHealthz(`${url}/healthz`);
    const report = await bench(url + path, { requests, concurrency });
    const healthzMs = await healthz.longest();
    figures.push({
      path,
      ...report,
      longestStallMs: (await takeLongestStall?.()) ?? null,
      healthzMs,
    });
  }
  return figures;
}

/** Asks again and again, a pause between an answer and the next question. */
function watchHealthz(url: string) {
  const agent = new Agent({ headersTimeout: 300_000 });
  let longest: number | null = null;
  const stop = new AbortController();
  const asking = (async () => {
    while (!stop.signal.aborted) {
      const began = performance.now();
      try {
        const { body } = await request(url, { dispatcher: agent });
        await body.dump();
        longest = Math.max(longest ?? 0, performance.now() - began);
      } catch {
        // No answer is no time: a server without the route says so by null.
      }
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  })();
  return {
    /** Ends with the answer to the last question, which may have waited longest. */
    longest: async () => {
      stop.abort();
      await asking;
      return longest;
    },
    [Symbol.dispose]: () => {
      stop.abort();
      void agent.destroy();
    },
  };
}
