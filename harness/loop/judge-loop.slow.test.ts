import { spawn } from 'node:child_process';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentTrace, startTrace } from '../trace/trace.ts';
import { judgeConclusively } from './fixtures/judge-conclusively.ts';
import { compute } from './fixtures/work.ts';
import { judgeLoop, startWatchdog } from './index.ts';

beforeAll(() => void startWatchdog({ killMs: 30_000 }));
afterAll(() => startWatchdog().stop());

const cell = new Int32Array(new SharedArrayBuffer(4));
// A copy from before any run: a sleep in it is seen, but not where it comes from.
const unseenWait = Atomics.wait;

describe('judgeLoop', () => {
  test('acquits work that only waits', async () => {
    const report = await judgeConclusively({ work: () => delay(60) });

    expect(report.verdict).toBe('free');
    expect(report.blame).toBeNull();
  });

  test('acquits work that computes in slices, one to a turn', async () => {
    const report = await judgeConclusively({
      work: computeInSlices,
    });

    expect(report.verdict).toBe('free');
  });

  test('convicts work that computes in one go, after three runs of three', async () => {
    const report = await judgeConclusively({ work: () => compute(160) });

    expect(report).toMatchObject({ verdict: 'held', cause: 'computing', turns: 0 });
    expect(report.runs.length).toBeGreaterThanOrEqual(3);
  });

  test('convicts work that sleeps without giving the loop back', async () => {
    const report = await judgeConclusively({ work: () => void Atomics.wait(cell, 0, 0, 160) });

    expect(report).toMatchObject({ verdict: 'held', cause: 'asleep', turns: 0 });
  });

  test('never convicts for a sleep that no call explains', async () => {
    const { verdict } = await judgeLoop({ tries: 1, work: () => void unseenWait(cell, 0, 0, 160) });

    expect(verdict).not.toBe('held');
  });

  test('convicts a hold in the midst of work that also waits', async () => {
    const report = await judgeConclusively({
      work: async () => {
        await delay(10);
        compute(160);
        await delay(10);
      },
    });

    expect(report.verdict).toBe('held');
  });

  test('convicts a hold that begins in the same turn as the last answer', async () => {
    const report = await judgeConclusively({
      work: () => {
        void Promise.resolve()
          .then(() => undefined)
          .then(() => compute(160));
      },
    });

    expect(report.verdict).toBe('held');
  });

  test('looks for the line once more where nobody was seen at first', async () => {
    const { parse } = JSON;
    let looks = 0;
    const work = (): void => {
      // Watched functions are wrapped only while somebody looks for the line.
      if (JSON.parse !== parse) looks += 1;
      if (looks !== 1) compute(150);
    };

    const { verdict, blame } = await judgeConclusively({ work, tries: 1 });

    expect(verdict).toBe('held');
    expect(looks).toBeGreaterThan(1);
    expect(blame?.location.functionName).toBe('compute');
  });

  test('acquits by the first clean run', async () => {
    let run = 0;
    const report = await judgeLoop({
      work: () => {
        run += 1;
        if (run < 3) compute(160);
      },
    });

    expect(report.verdict).toBe('free');
    expect(report.runs).toHaveLength(3);
  });

  test('prepares and cleans up each run afresh, outside the measure', async () => {
    const seen: string[] = [];
    let inputs = 0;
    const report = await judgeLoop({
      prepare: () => {
        compute(80);
        return (inputs += 1);
      },
      work: (input) => seen.push(`work ${input}`),
      cleanUp: (input) => {
        compute(80);
        seen.push(`clean up ${input}`);
      },
    });

    expect(report.verdict).toBe('free');
    expect(seen).toEqual(['work 1', 'clean up 1']);
  });

  test('hands on the error of work that fails, and still cleans up', async () => {
    const cleaned: string[] = [];
    const judging = judgeLoop({
      prepare: () => 'input',
      work: () => Promise.reject(new Error('the upstream is gone')),
      cleanUp: (input) => cleaned.push(input),
    });

    await expect(judging).rejects.toThrow('the upstream is gone');
    expect(cleaned).toEqual(['input']);
  });

  test('marks a hold on the trace', async () => {
    startTrace();
    await judgeConclusively({ work: () => void Atomics.wait(cell, 0, 0, 160) });

    const stalls = currentTrace().spans.filter((span) => span.kind === 'stall');
    expect(stalls).toHaveLength(1);
    expect(stalls[0]!.where?.functionName).toBeDefined();
  });

  test('marks a hold in real time, though the work ran in virtual time', async () => {
    startTrace();

    const { runs } = await judgeConclusively({
      work: () => {
        currentTrace().restart({ virtual: true });
        compute(160);
      },
    });

    const { virtual, spans } = currentTrace();
    expect(virtual).toBe(false);
    expect(spans).toMatchObject([{ kind: 'stall', start: Math.max(0, runs.at(-1)!.from) }]);
  });

  test('says which numbers it cannot use', async () => {
    await expect(judgeLoop({ limitMs: 0, work: () => {} })).rejects.toThrow('above zero, got 0');
    await expect(judgeLoop({ tries: 1.5, work: () => {} })).rejects.toThrow('whole number');
  });

  test('never errs on a machine with four busy neighbours', { timeout: 60_000 }, async () => {
    using neighbours = startNeighbours(4);
    expect(neighbours.count).toBe(4);

    const slices = await judgeLoop({ work: computeInSlices });
    const computing = await judgeLoop({ work: () => compute(120) });
    const asleep = await judgeLoop({ work: () => void Atomics.wait(cell, 0, 0, 160) });

    expect(slices.verdict).not.toBe('held');
    expect(computing.verdict).not.toBe('free');
    expect(asleep.verdict).not.toBe('free');
  });
});

async function computeInSlices(): Promise<void> {
  for (let slice = 0; slice < 20; slice += 1) {
    compute(8);
    await turn();
  }
}

/** Processes that use all the CPU they get, for at most twenty seconds. */
function startNeighbours(count: number): Disposable & { count: number } {
  const program = 'const end = Date.now() + 20_000; while (Date.now() < end);';
  const processes = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', program], { stdio: 'ignore' }),
  );
  return {
    count: processes.length,
    [Symbol.dispose]() {
      for (const child of processes) child.kill('SIGKILL');
    },
  };
}
