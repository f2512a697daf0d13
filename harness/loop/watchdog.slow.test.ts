import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { guard, HangError } from './index.ts';

interface VitestResults {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs one fixture in a Vitest of its own, and tells what it and the watchdog reported. */
async function runFixture(name: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'kata-watchdog-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [results, report] = [path.join(folder, 'vitest.json'), path.join(folder, 'hang.json')];
  const stderr = await runVitest(name, results, report);
  const reports = (await textOf(report)).trimEnd().split('\n').filter(Boolean);
  return {
    stderr,
    tests: assertionsOf(await readFile(results, 'utf8')),
    reports: reports.map((line): unknown => JSON.parse(line)),
  };
}

function runVitest(name: string, results: string, report: string): Promise<string> {
  const cli = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const config = path.join(import.meta.dirname, 'fixtures', 'vitest.config.ts');
  const options = ['--reporter=json', `--outputFile=${results}`];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, 'run', '--config', config, ...options, name],
      { cwd: projectRoot, env: { ...process.env, KATA_WATCHDOG_FILE: report } },
      (_error, _stdout, stderr) => resolve(stderr),
    );
  });
}

function assertionsOf(json: string) {
  const results = JSON.parse(json) as VitestResults;
  return results.testResults.flatMap((file) => file.assertionResults);
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

describe('guard', { timeout: 60_000, concurrent: false }, () => {
  test('ends every kind of endless code, with its line, and lets the other tests go on', async () => {
    const { tests, reports } = await runFixture('hangs');

    const failed = tests.filter((test) => test.status === 'failed');
    expect(tests.map((test) => test.title).at(-1)).toBe('an innocent one');
    expect(tests.at(-1)!.status).toBe('passed');
    expect(failed).toHaveLength(tests.length - 1);
    for (const { title, failureMessages } of failed) {
      expect(failureMessages.join('\n'), title).toMatch(
        /HangError: Your code held the event loop for \d+\.\d s and did not give it back, so it was ended\.\nIt was at harness\/loop\/fixtures\/hangs\.fixture\.ts:\d+ in \S+/,
      );
    }
    expect(reports).toEqual([]);
  });

  test('kills the process in a call that nobody can end, and says which', async () => {
    const { reports, stderr } = await runFixture('native-call');

    expect(reports).toMatchObject([
      {
        phase: 'test',
        callee: 'execFileSync',
        test: 'a call that cannot be ended',
        location: { line: 8 },
      },
    ]);
    expect(stderr).toContain('It was in execFileSync, which had not returned.');
  });

  test('kills the process that does not come back from its import', async () => {
    const { reports } = await runFixture('import');

    expect(reports).toMatchObject([{ phase: 'import', test: '', location: { line: 6 } }]);
  });

  test('kills the process that goes on for ever after its test', async () => {
    const { reports } = await runFixture('left-behind');

    expect(reports).toMatchObject([{ phase: 'between', location: { line: 9 } }]);
  });

  test('spares a right program that the machine stopped for longer than it bears silence', async () => {
    const script = path.join(import.meta.dirname, 'fixtures', 'patient.ts');
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = text(child.stdout);
    await once(child.stdout, 'readable');

    child.kill('SIGSTOP');
    await delay(1500);
    child.kill('SIGCONT');

    expect(await output).toBe('started\nended by itself\n');
  });

  test('hands on what the work returns and throws, without a watchdog too', async () => {
    await expect(guard(() => 'value')).resolves.toBe('value');
    await expect(guard(() => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  });

  test('tells a hang as an error that stands at the line of the program', () => {
    const location = {
      file: `${projectRoot}/katas/01/a.ts`,
      line: 3,
      column: 1,
      functionName: 'f',
    };
    const error = new HangError({ message: 'Your code hung.', location });

    expect(error).toMatchObject({ kind: 'hang', location });
    expect(error.message).toBe('Your code hung.\nIt was at katas/01/a.ts:3 in f.');
    expect(error.stack).toContain('katas/01/a.ts:3:1');
  });
});
