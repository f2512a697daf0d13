import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { realDelay } from '../../trace/real-time.ts';

const program = fileURLToPath(new URL('fixtures/grade-and-be-killed.ts', import.meta.url));

/** A run of the grader in a process of its own; it is killed some milliseconds after it has kept so many verdicts. */
async function grade(
  folder: string,
  mode: string,
  kill: { readonly keptBefore: number; readonly afterMs: number } | null,
): Promise<'ended' | 'killed'> {
  const child = spawn(process.execPath, [program, folder, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  let text = '';
  let isAimedAt = false;
  const aim = (): void => {
    const kept = text.split('\n').length - 1;
    if (isAimedAt || kill === null || kept < kill.keptBefore) return;
    isAimedAt = true;
    void realDelay(kill.afterMs).then(() => child.kill('SIGKILL'));
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    aim();
  });
  aim();
  const code = await closed;
  if (code !== null) expect(code).toBe(0);
  return code === 0 ? 'ended' : 'killed';
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The report without its times, byte by byte. */
function reportIn(folder: string): string {
  return readFileSync(path.join(folder, 'report.json'), 'utf8')
    .replace(/"gradedAt": ".*"/, '"gradedAt": ""')
    .replace(/"judgedMs": [\d.]+/g, '"judgedMs": 0');
}

function logIn(folder: string): string[] {
  return readFileSync(path.join(folder, 'log.txt'), 'utf8').trimEnd().split('\n');
}

/** How many lines say a second time that the same verdict is kept. */
function keptTwice(log: readonly string[]): string[] {
  const kept = log.filter((line) => line.startsWith('kept '));
  return kept.filter((line, index) => kept.indexOf(line) !== index);
}

/** How many verdicts each run had, and had not kept when it ended. */
function lostIn(log: readonly string[]): number[] {
  const isKnown = (line: string): boolean => !/ (?:inconclusive|throws|refused)\b/.test(line);
  return log
    .filter(isKnown)
    .join('\n')
    .split('started')
    .map((run) => run.split('judged ').length - run.split('kept ').length);
}

test('a run killed at random moments goes on, keeps every verdict once, and reports the same to the byte but for times', async () => {
  const quiet = newFolder();
  await grade(quiet, '', null);
  const folder = newFolder();

  let [kills, isDone] = [0, false];
  while (kills < 20) {
    // A run that has nothing left to judge keeps nothing: it is killed while it starts.
    const keptBefore = isDone ? 0 : randomInt(3);
    const end = await grade(folder, '', { keptBefore, afterMs: randomInt(12) });
    if (end === 'killed') kills += 1;
    else isDone = true;
  }
  await grade(folder, '', null);

  expect(reportIn(folder)).toBe(reportIn(quiet));
  expect(keptTwice(logIn(folder))).toEqual([]);
  // A kill costs at most the answers that were under way: one for each of the two jobs.
  expect(Math.max(...lostIn(logIn(folder)))).toBeLessThanOrEqual(2);
});

test('a regrade killed at random moments goes on, and reports the same as one that was not', async () => {
  const [quiet, folder] = [newFolder(), newFolder()];
  for (const one of [quiet, folder]) await grade(one, '', null);
  await grade(quiet, 'regrade', null);

  let kills = 0;
  for (let end = 'killed'; end === 'killed' && kills < 6;) {
    end = await grade(folder, 'regrade', { keptBefore: randomInt(1, 6), afterMs: randomInt(12) });
    if (end === 'killed') kills += 1;
  }
  if (kills === 6) await grade(folder, 'regrade', null);

  expect(reportIn(folder)).toBe(reportIn(quiet));
  expect(reportIn(folder)).toContain('"verdict": "pass"');
});
