import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blameWork } from './blame-work.ts';
import { judgeConclusively } from './fixtures/judge-conclusively.ts';
import * as guilty from './fixtures/guilty.ts';
import { judgeLoop, startWatchdog } from './index.ts';

const source = readFileSync(new URL('fixtures/guilty.ts', import.meta.url), 'utf8').split('\n');
const folder = mkdtempSync(path.join(tmpdir(), 'kata-blame-'));
const pipe = path.join(folder, 'pipe');

beforeAll(() => {
  startWatchdog({ killMs: 30_000 });
  execFileSync('mkfifo', [pipe]);
});
afterAll(() => {
  startWatchdog().stop();
  rmSync(folder, { recursive: true });
});

async function blameOf(work: () => unknown, name: keyof typeof guilty) {
  const report = await judgeConclusively({ work, tries: 1 });
  expect(report.verdict, report.explanation).toBe('held');
  const line = source.findIndex((row) => row.endsWith(`// held: ${name}`)) + 1;
  return { blame: report.blame, line };
}

describe('blame', () => {
  test.each<[keyof typeof guilty, string | null, () => unknown]>([
    ['sleep', 'Atomics.wait', () => guilty.sleep(160)],
    ['startProcess', 'execFileSync', () => guilty.startProcess(0.16)],
    ['readSlowly', 'readFileSync', readFromSlowWriter],
    ['query', 'statement.get', () => guilty.query(2_000_000)],
    ['parse', 'JSON.parse', () => guilty.parse(`[${'{"a":1},'.repeat(1_500_000)}0]`)],
    ['match', null, () => guilty.match(23)],
    ['loop', null, () => guilty.loop(150_000_000)],
  ])('names the line and the call of %s', async (name, callee, work) => {
    const { blame, line } = await blameOf(work, name);

    expect(blame).toMatchObject({ callee, location: { line, functionName: name } });
    expect(blame!.share).toBeGreaterThanOrEqual(0.5);
  });

  test('names the helper that computes, not the function that called it', async () => {
    const { blame, line } = await blameOf(() => guilty.callsHelper(150_000_000), 'loop');

    expect(blame?.location).toMatchObject({ line, functionName: 'loop' });
  });

  test('names a line that runs after an await', async () => {
    const { blame, line } = await blameOf(() => guilty.loopAfterAwait(150_000_000), 'loop');

    expect(blame?.location).toMatchObject({ line, functionName: 'loop' });
  });

  test('names no short call for a long hold, though it fills a turn of its own', async () => {
    const blame = await blameWork((use) => use(() => guilty.sleep(1)), 60_000);

    expect(blame).toBeNull();
  });

  test('puts every watched function back', async () => {
    const before = [JSON.parse, Atomics.wait, Array.prototype.sort];
    await judgeLoop({ work: () => guilty.sleep(60), tries: 1 });

    expect([JSON.parse, Atomics.wait, Array.prototype.sort]).toEqual(before);
    expect(JSON.parse).toBe(before[0]);
  });

  test('tells the line in the words of the report', async () => {
    const report = await judgeConclusively({ work: () => guilty.sleep(160) });

    expect(report.explanation).toMatch(
      /^Your code held the event loop for \d+ ms in one go, asleep in a call that does not return to it \(at most 40 ms is allowed; \d of \d runs\)\. While it ran for \d+ ms the loop turned 0 times\.\nHeld at harness\/loop\/fixtures\/guilty\.ts:\d+ in sleep, calling Atomics\.wait \(\d+% of it\)\.$/,
    );
  });
});

function readFromSlowWriter(): string {
  spawn('sh', ['-c', 'sleep 0.2; echo late > "$0"', pipe]);
  return guilty.readSlowly(pipe);
}
