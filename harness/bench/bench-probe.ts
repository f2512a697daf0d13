import { monitorEventLoopDelay } from 'node:perf_hooks';
import { measureRun } from '../loop/measure-run.ts';
import { burnCpu, burnCpuInSlices } from '../world/cpu-work.ts';
import { startBusyProcesses } from './busy-processes.ts';
import { median } from './statistics.ts';

/** Longer holds are guilty, as in `judgeLoop`. */
const thresholdMs = 40;
const groupSize = 3;

interface Action {
  readonly name: string;
  /** Milliseconds of the stall that it makes; 0 for innocent work. */
  readonly madeMs: number;
  readonly run: () => unknown;
}

/** What each instrument saw of one action, in milliseconds. */
type Sighting = Record<Instrument, number>;

const instruments = ['probe', 'monitorEventLoopDelay', 'interval drift'] as const;
type Instrument = (typeof instruments)[number];

const nobody = new Int32Array(new SharedArrayBuffer(4));

const actions: readonly Action[] = [
  {
    name: '100 ms of CPU in 4 ms slices',
    madeMs: 0,
    run: () => burnCpuInSlices(100, { sliceMs: 4 }),
  },
  ...[20, 50, 100, 200].map((madeMs) => ({
    name: `${madeMs} ms of CPU`,
    madeMs,
    run: () => burnCpu(madeMs),
  })),
  ...[20, 50, 100, 200].map((madeMs) => ({
    name: `${madeMs} ms of Atomics.wait`,
    madeMs,
    run: () => Atomics.wait(nobody, 0, 0, madeMs),
  })),
];

/**
 * Measures stalls of known size with the probe, with Node's `monitorEventLoopDelay` and with the drift of an interval, all in the same
 * run, and tells in a table what each saw, how often each is wrong at 40 ms, and what the probe costs.
 *
 * @param options.runs groups of three runs for each action.
 */
export async function benchProbe(options: { runs: number; busy: number }): Promise<string> {
  using _busy = startBusyProcesses(options.busy);
  const lines = [
    `${'made'.padEnd(30)} ${'seen by'.padEnd(22)} median ms   wrong in 1   wrong in 3 of 3`,
  ];
  for (const action of actions) {
    const groups: Sighting[][] = [];
    for (let group = 0; group < options.runs; group++) groups.push(await sightings(action));
    for (const instrument of instruments) lines.push(row(action, instrument, groups));
  }
  lines.push('', await cost());
  return lines.join('\n');
}

async function sightings(action: Action): Promise<Sighting[]> {
  const group: Sighting[] = [];
  for (let run = 0; run < groupSize; run++) group.push(await sighting(action));
  return group;
}

async function sighting(action: Action): Promise<Sighting> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let drift = 0;
  let last = performance.now();
  const interval = setInterval(() => {
    drift = Math.max(drift, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  // Its first interval is not recorded: a stall right after `enable` would go unseen.
  await pause(15);
  const { heldMs } = await measureRun(action.run);
  await pause(15);
  clearInterval(interval);
  delay.disable();
  return {
    probe: heldMs,
    monitorEventLoopDelay: delay.max / 1e6,
    'interval drift': drift,
  };
}

function row(action: Action, instrument: Instrument, groups: readonly Sighting[][]): string {
  const seen = groups.flat().map((one) => one[instrument]);
  const isGuilty = action.madeMs >= thresholdMs;
  const wrong = seen.filter((ms) => ms >= thresholdMs !== isGuilty).length;
  const wrongGroups = groups.filter(
    (group) => group.every((one) => one[instrument] >= thresholdMs) !== isGuilty,
  ).length;
  return [
    action.name.padEnd(30),
    instrument.padEnd(22),
    median(seen).toFixed(1).padStart(9),
    `${wrong}/${seen.length}`.padStart(12),
    `${wrongGroups}/${groups.length}`.padStart(17),
  ].join(' ');
}

/** The same work with and without the probe, in CPU time of this thread. */
async function cost(): Promise<string> {
  const work = async (): Promise<void> => {
    for (let turn = 0; turn < 20_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const [plain, probed]: [number[], number[]] = [[], []];
  for (let run = 0; run < 7; run++) {
    plain.push(await cpuMs(work));
    probed.push(await cpuMs(() => measureRun(work)));
  }
  const extra = (median(probed) - median(plain)) / 20_000;
  return `The probe costs ${(extra * 1000).toFixed(2)} µs of CPU for each turn of the loop.`;
}

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
