import autocannon from 'autocannon';
import { bench } from '../../solutions/21-benchmark/benchmark.ts';
import { random } from '../world/random.ts';
import { startUpstream } from '../world/upstream.ts';
import { median } from './statistics.ts';

/** What one tool said of one run, in milliseconds. */
interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One run of each tool, one right after the other. */
export interface AutocannonPair {
  readonly first: 'kata 21' | 'autocannon';
  readonly kata: Latencies;
  readonly autocannon: Latencies;
  /** Kata 21 divided by autocannon. */
  readonly p50Ratio: number;
  readonly p99Ratio: number;
}

/** All pairs, and the medians of their ratios. */
export interface AutocannonFigures {
  readonly pairs: readonly AutocannonPair[];
  readonly p50Ratio: number;
  readonly p99Ratio: number;
}

/**
 * The answers' delays in milliseconds: of a hundred, 97 after 16 to 24 and three after 250. So the median is about 20, and the 99th
 * percentile is the table's and not the machine's: a pause of the machine seldom makes one of the many as slow as
 * the three. In one order, the same in every run.
 */
const delays = random(21).shuffle([
  ...Array.from({ length: 97 }, (_, index) => 16 + (index % 9)),
  ...Array.from({ length: 3 }, () => 250),
]);

/** Runs send whole rounds of the table of delays. */
export const requestsInRound = delays.length;

const concurrency = 10;

/**
 * Measures the same server with kata 21's solution and with autocannon, in pairs of runs, each pair in the other order than the one
 * before. The server runs in a thread of its own, so that no tool holds up its answers.
 *
 * @param options.pairs how many pairs; none is thrown away, but before the first each tool runs once to warm up.
 * @param options.requests how many requests each run sends: a multiple of `requestsInRound`.
 * @throws {RangeError} for another number of requests; {Error} if a tool did not get all of its answers.
 */
export async function benchAutocannon(options: {
  pairs: number;
  requests: number;
}): Promise<AutocannonFigures> {
  const { requests } = options;
  if (requests < 1 || requests % requestsInRound !== 0) {
    throw new RangeError(`Expected a multiple of ${requestsInRound} requests, got ${requests}.`);
  }
  await measurePair('kata 21', requests);
  const pairs: AutocannonPair[] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) {
    pairs.push(await measurePair(pair % 2 === 0 ? 'kata 21' : 'autocannon', requests));
  }
  return {
    pairs,
    p50Ratio: median(pairs.map(({ p50Ratio }) => p50Ratio)),
    p99Ratio: median(pairs.map(({ p99Ratio }) => p99Ratio)),
  };
}

/** With a server of its own: it remembers all its requests, and would get slower from pair to pair. */
async function measurePair(
  first: AutocannonPair['first'],
  requests: number,
): Promise<AutocannonPair> {
  const routes = { '/': delays.map((delayMs) => ({ delayMs })) };
  await using upstream = await startUpstream({ routes });
  const url = upstream.url('/');
  const early = first === 'kata 21' ? await runKata(url, requests) : null;
  const theirs = await runAutocannon(url, requests);
  const ours = early ?? (await runKata(url, requests));
  return {
    first,
    kata: ours,
    autocannon: theirs,
    p50Ratio: ours.p50Ms / theirs.p50Ms,
    p99Ratio: ours.p99Ms / theirs.p99Ms,
  };
}

async function runKata(url: string, requests: number): Promise<Latencies> {
  const { statuses, p50Ms, p99Ms } = await bench(url, { requests, concurrency });
  refuseOtherCount('kata 21', statuses[200], requests);
  return { p50Ms, p99Ms };
}

async function runAutocannon(url: string, requests: number): Promise<Latencies> {
  const result = await autocannon({ url, amount: requests, connections: concurrency });
  refuseOtherCount('autocannon', result['2xx'], requests);
  return { p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

function refuseOtherCount(tool: string, found = 0, expected: number): void {
  if (found === expected) return;
  throw new Error(`Expected ${tool} to get ${expected} answers with status 200, got ${found}.`);
}
